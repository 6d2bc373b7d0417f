// read-belongs: to whom these faces belong, who said so, and how sure that is
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface history
UNWIND $faces AS id
MATCH (face:Face {id: id})
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, person.id AS person, belongs.source AS source,
       belongs.confidence AS confidence
