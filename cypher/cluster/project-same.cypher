// project-same: load faces and SAME into GDS, undirected, with their distances
// mode: read
// param graph STRING: name of the projection
// example: graphface query project-same --param graph=same
CALL gds.graph.project($graph, 'Face', {SAME: {orientation: 'UNDIRECTED', properties: 'distance'}})
YIELD graphName, nodeCount, relationshipCount
RETURN graphName, nodeCount, relationshipCount
