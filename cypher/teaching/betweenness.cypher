// betweenness: the faces that most shortest chains of SAME pass through (GDS betweenness centrality)
// mode: read
// param limit INTEGER: how many faces
// note: A high score in a group of one person is a typical picture; between two groups it is the
// note: face that glues them. Nearer faces do not count more here: each SAME is one step.
// example: graphface query betweenness --param limit=10
OPTIONAL CALL gds.graph.drop('betweenness', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (a:Face)-[:SAME]->(b:Face)
WITH gds.graph.project('betweenness', a, b, {}, {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.betweenness.stream(projected.graphName) YIELD nodeId, score
WITH gds.util.asNode(nodeId) AS face, score
ORDER BY score DESC, face.id
WITH collect([face, score])[..$limit] AS highest
OPTIONAL CALL gds.graph.drop('betweenness', false) YIELD graphName
UNWIND highest AS one
WITH one[0] AS face, one[1] AS score
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN face.id AS face, score, person.number AS person, person.name AS name,
       COUNT { (face)-[:SAME]-() } AS links
ORDER BY score DESC, face
