// load-faces: faces that are an id and an embedding and nothing else
// mode: write
// param faces LIST<MAP>: id, embedding
// example: graphface query load-faces --param faces='[{"id": "a", "embedding": [0.1, 0.2]}]'
UNWIND $faces AS row
MERGE (f:Face {id: row.id})
WITH f, row
CALL db.create.setNodeVectorProperty(f, 'embedding', row.embedding)
