// import-faces: faces with their embeddings; what is there already and has not changed stays as it is
// mode: write
// param ids LIST<STRING>: the faces
// param embeddings LIST<LIST<FLOAT>>: for each face, its embedding, stored as 32-bit floats
// example: graphface import embeddings.npz --model Facenet
UNWIND range(0, size($ids) - 1) AS i
MERGE (face:Face {id: $ids[i]})
WITH face, $embeddings[i] AS embedding, face.embedding IS NULL AS new
WHERE new OR face.embedding <> embedding
REMOVE face.linkedUnder // a face that changed is new to linking
WITH face, embedding, new
CALL db.create.setNodeVectorProperty(face, 'embedding', embedding)
RETURN count(*) AS written, count(CASE WHEN new THEN 1 END) AS new
