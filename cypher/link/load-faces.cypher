// load-faces: faces that are an id and an embedding and nothing else
// mode: write
// param faces LIST<MAP>: id, embedding
// example: python benchmarks/linking.py --faces 1000
UNWIND $faces AS row
MERGE (f:Face {id: row.id})
WITH f, row
CALL db.create.setNodeVectorProperty(f, 'embedding', row.embedding)
