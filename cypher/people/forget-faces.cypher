// forget-faces: delete faces with their embeddings and relationships; their photos are marked
// mode: write
// param faces LIST<STRING>: ids of faces
// example: graphface forget 3
UNWIND $faces AS id
MATCH (face:Face {id: id})
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
SET photo.forgottenAt = datetime() // ingest does not look at it again
WITH collect(DISTINCT face) AS faces
CALL (faces) {
  UNWIND faces AS face
  MATCH (face)-[link]-()
  WITH DISTINCT link
  RETURN count(CASE WHEN type(link) = 'SAME' THEN 1 END) AS same,
         count(CASE WHEN type(link) = 'NOT_SAME' THEN 1 END) AS notSame
}
FOREACH (face IN faces | DETACH DELETE face)
RETURN size(faces) AS faces, same, notSame
