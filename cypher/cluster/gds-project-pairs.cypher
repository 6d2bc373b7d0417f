// gds-project-pairs: load pairs of numbered faces into GDS, undirected, with their weights
// mode: read
// param graph STRING: name of the projection
// param left LIST<INTEGER>: one end of each pair
// param right LIST<INTEGER>: the other end
// param weights LIST<FLOAT>: how much the pair counts
// example: graphface evaluate --methods leiden
UNWIND range(0, size($left) - 1) AS i
WITH gds.graph.project(
  $graph, $left[i], $right[i],
  {relationshipProperties: {weight: $weights[i]}},
  {undirectedRelationshipTypes: ['*']}
) AS projected
RETURN projected.graphName AS graphName, projected.relationshipCount AS relationshipCount
