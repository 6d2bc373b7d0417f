// export-faces: every face with its photo, and to whom it belongs
// mode: read
// param embeddings BOOLEAN: hand out the embeddings too
// example: graphface export faces.csv --to csv
MATCH (face:Face)
WHERE face.id IS NOT NULL // by the order of the index: nothing is sorted, whatever the size
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, photo.id AS photo, photo.path AS path,
       face.x AS x, face.y AS y, face.width AS width, face.height AS height,
       person.number AS person, person.name AS name, belongs.source AS source,
       belongs.confidence AS confidence, photo.takenAt AS takenAt, face.quality AS quality,
       CASE WHEN $embeddings THEN face.embedding END AS embedding
ORDER BY face
