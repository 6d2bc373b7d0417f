// read-belongs: to whom these faces belong, who said so, how sure that is, and which are ignored
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface history
UNWIND $faces AS id
OPTIONAL MATCH (one:Face {id: id})
OPTIONAL MATCH (ignored:IgnoredFace {id: id})
WITH coalesce(one, ignored) AS face, one IS NULL AS ignored
WHERE face IS NOT NULL
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, person.id AS person, belongs.source AS source,
       belongs.confidence AS confidence, ignored
