// bridge-faces: faces without which a person falls apart (GDS articulation points inside persons)
// mode: read
// note: A blurred face, or one of two people at once, can be near to everybody. Take it away
// note: (`graphface reject`) and see whether the person was one at all: `neighbours` is how many
// note: faces it holds on to.
// example: graphface query bridge-faces
OPTIONAL CALL gds.graph.drop('bridge-faces', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (a:Face)-[:SAME]->(b:Face)
WHERE EXISTS { (a)-[:BELONGS_TO]->(:Person)<-[:BELONGS_TO]-(b) }
WITH gds.graph.project('bridge-faces', a, b, {}, {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.articulationPoints.stream(projected.graphName) YIELD nodeId
WITH collect(gds.util.asNode(nodeId)) AS faces
OPTIONAL CALL gds.graph.drop('bridge-faces', false) YIELD graphName
UNWIND faces AS face
MATCH (face)-[:BELONGS_TO]->(person:Person)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
RETURN face.id AS face, person.number AS person, person.name AS name, face.quality AS quality,
       COUNT { (face)-[:SAME]-(:Face)-[:BELONGS_TO]->(person) } AS neighbours,
       head(collect(photo.path)) AS photo
ORDER BY neighbours DESC, face
