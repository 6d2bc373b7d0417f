// review-person: the person of a face, with the ids of all faces they have; alone, if nobody's
// mode: read
// param face STRING: id of a face
// example: graphface query review-person -p face=3fa94c
MATCH (face:Face {id: $face})
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
WITH face, belongs, person
ORDER BY person.id
LIMIT 1
RETURN face.id AS face, belongs.source AS source, person.id AS person, person.number AS number,
       person.name AS name, coalesce(person.hidden, false) AS hidden,
       CASE WHEN person IS NULL THEN [face.id]
            ELSE COLLECT { MATCH (person)<-[:BELONGS_TO]-(one:Face) RETURN one.id ORDER BY one.id }
       END AS faces
