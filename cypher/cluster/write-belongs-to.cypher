// write-belongs-to: move faces to persons; what a person or a folder said, and named faces, stay
// mode: write
// param rows LIST<MAP>: face, person, confidence
// example: graphface cluster
UNWIND $rows AS row
MATCH (face:Face {id: row.face})
OPTIONAL MATCH (face)-[old:BELONGS_TO]->(before:Person)
WITH row, face, old, before
WHERE old IS NULL OR (old.source = 'cluster' AND before.name IS NULL)
MATCH (person:Person {id: row.person})
DELETE old
CREATE (face)-[:BELONGS_TO {source: 'cluster', confidence: row.confidence}]->(person)
RETURN count(*) AS moved
