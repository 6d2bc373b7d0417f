// write-folder-people: the most prominent face of each photo is the person its folder is named after
// mode: write
// param rows LIST<MAP>: photo, name
// example: graphface ingest photos/ --people-from-folders
UNWIND $rows AS row
MATCH (photo:Photo {id: row.photo})-[:HAS_FACE]->(face:Face)
// A subject is large and near the middle; passers-by are one or the other.
WITH row, face,
     face.width * face.height
     / (1.0 + abs(face.x + face.width / 2.0 - photo.width / 2.0) / photo.width
            + abs(face.y + face.height / 2.0 - photo.height / 2.0) / photo.height) AS prominence
ORDER BY prominence DESC
WITH row, collect(face)[0] AS face
OPTIONAL MATCH (face)-[said:BELONGS_TO]->(before:Person)
WITH row, face, said, before
WHERE said IS NULL OR (said.source = 'cluster' AND before.name IS NULL)
DELETE said
WITH row, face
MATCH (person:Person {name: row.name})
WITH face, head(collect(person)) AS person
MERGE (face)-[belongs:BELONGS_TO]->(person)
SET belongs.source = 'folder', belongs.confidence = 1.0
RETURN count(belongs) AS faces
