// audit-project-within: load the SAME inside persons into GDS, undirected
// mode: read
// param graph STRING: name of the projection
// example: graphface query audit-project-within --param graph=within
MATCH (a:Face)-[:SAME]->(b:Face)
MATCH (a)-[:BELONGS_TO]->(person:Person)<-[:BELONGS_TO]-(b)
WITH gds.graph.project($graph, a, b, {}, {undirectedRelationshipTypes: ['*']}) AS projected
RETURN projected.graphName AS graphName, projected.relationshipCount AS relationshipCount
