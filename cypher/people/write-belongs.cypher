// write-belongs: to whom faces belong from here on, whoever said otherwise before
// mode: write
// param rows LIST<MAP>: face, person (null: nobody), source, confidence
// example: graphface move FACE 3
UNWIND $rows AS row
MATCH (face:Face {id: row.face})
OPTIONAL MATCH (face)-[old:BELONGS_TO]->()
DELETE old
WITH DISTINCT row, face
WHERE row.person IS NOT NULL
MATCH (person:Person {id: row.person})
CREATE (face)-[:BELONGS_TO {source: row.source, confidence: row.confidence}]->(person)
RETURN count(*) AS faces
