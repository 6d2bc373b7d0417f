// write-faces: the faces of photos with their embeddings, stored as 32-bit floats
// mode: write
// param faces LIST<MAP>: id, photo, embedding, properties
// example: graphface ingest photos/
UNWIND $faces AS row
MATCH (p:Photo {id: row.photo})
MERGE (f:Face {id: row.id})
SET f += row.properties, f.linkedUnder = null // linking looks at it anew
MERGE (p)-[:HAS_FACE]->(f)
WITH f, row
CALL db.create.setNodeVectorProperty(f, 'embedding', row.embedding)
