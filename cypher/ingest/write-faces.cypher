// write-faces: the faces of photos with their embeddings, stored as 32-bit floats
// mode: write
// param ids LIST<STRING>: the faces
// param photos LIST<STRING>: for each face, the id of its photo
// param properties LIST<MAP>: for each face its box, confidence, quality, landmarks, source
// param embeddings LIST<LIST<FLOAT>>: for each face, its embedding
// example: graphface ingest photos/
UNWIND range(0, size($ids) - 1) AS i
MATCH (p:Photo {id: $photos[i]})
MERGE (f:Face {id: $ids[i]})
SET f += $properties[i]
MERGE (p)-[:HAS_FACE]->(f)
WITH f, $embeddings[i] AS embedding
WHERE f.embedding IS NULL OR f.embedding <> embedding
REMOVE f.linkedUnder // a face that changed is new to linking
WITH f, embedding
CALL db.create.setNodeVectorProperty(f, 'embedding', embedding)
