// project-faces: load the embeddings of all faces into GDS
// mode: read
// param graph STRING: name of the projection
// example: graphface query project-faces --param graph=faces
CALL gds.graph.project($graph, {Face: {properties: 'embedding'}}, '*')
YIELD graphName, nodeCount
RETURN graphName, nodeCount
