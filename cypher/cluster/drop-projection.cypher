// drop-projection: free a projection that is no longer needed
// mode: read
// param graph STRING: name of the projection
// example: graphface query drop-projection --param graph=same
CALL gds.graph.drop($graph, false) YIELD graphName
RETURN graphName
