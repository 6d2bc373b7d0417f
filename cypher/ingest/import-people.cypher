// import-people: the persons that imported faces are named after; what people said before stays
// mode: write
// param names LIST<STRING>: names of persons
// param faces LIST<LIST<STRING>>: for each name, ids of faces
// example: graphface import embeddings.npz --model Facenet --people
UNWIND range(0, size($names) - 1) AS i
MATCH (named:Person {name: $names[i]})
WITH i, head(collect(named)) AS person
UNWIND $faces[i] AS id
MATCH (face:Face {id: id})
OPTIONAL MATCH (face)-[said:BELONGS_TO]->(before:Person)
WITH person, face, said, before
WHERE said IS NULL OR (said.source = 'cluster' AND before.name IS NULL)
DELETE said
MERGE (face)-[belongs:BELONGS_TO]->(person)
SET belongs.source = 'folder', belongs.confidence = 1.0
RETURN count(belongs) AS faces
