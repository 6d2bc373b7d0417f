// people-in-pieces: persons whose faces no chain of their own SAME joins, with the number of pieces
// mode: read
// note: A child and the same person grown up, with glasses and without, or a merge by hand: people
// note: know what distances do not. Faces that no SAME joins to another face of the person are
// note: pieces of their own.
// example: graphface query people-in-pieces
OPTIONAL CALL gds.graph.drop('pieces', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (a:Face)-[:BELONGS_TO]->(person:Person)
OPTIONAL MATCH (a)-[:SAME]->(b:Face)
WHERE EXISTS { (b)-[:BELONGS_TO]->(person) }
WITH gds.graph.project('pieces', a, b, {}, {}) AS projected
WHERE projected IS NOT NULL // there are persons
CALL gds.wcc.stream(projected.graphName) YIELD nodeId, componentId
WITH collect([gds.util.asNode(nodeId), componentId]) AS placed
OPTIONAL CALL gds.graph.drop('pieces', false) YIELD graphName
UNWIND placed AS one
WITH one[0] AS face, one[1] AS piece
MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH person, piece, count(face) AS faces
ORDER BY faces DESC
WITH person, collect(faces) AS sizes
WHERE size(sizes) > 1
RETURN person.number AS person, person.name AS name, size(sizes) AS pieces, sizes
ORDER BY pieces DESC, person
