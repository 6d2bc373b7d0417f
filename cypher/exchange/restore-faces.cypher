// restore-faces: faces of a backup, their embeddings as 32-bit floats
// mode: write
// param rows LIST<MAP>: labels, properties
// param embeddings LIST<LIST<FLOAT>>: for each row, the embedding
// example: graphface restore faces.backup
UNWIND range(0, size($rows) - 1) AS i
CREATE (n:$($rows[i].labels))
SET n = $rows[i].properties
WITH i, n, $embeddings[i] AS embedding
CALL db.create.setNodeVectorProperty(n, 'embedding', embedding)
RETURN i, elementId(n) AS id
