// gds-louvain: communities by modularity (Louvain); concurrency 1 makes it repeatable
// mode: read
// param graph STRING: name of a projection made by gds-project-pairs
// example: graphface evaluate --methods louvain
CALL gds.louvain.stream($graph, {
  relationshipWeightProperty: 'weight', concurrency: 1
}) YIELD nodeId, communityId
RETURN nodeId AS face, communityId AS community
