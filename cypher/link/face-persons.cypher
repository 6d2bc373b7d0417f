// face-persons: faces whose person was said by a person or a folder
// mode: read
// example: graphface query face-persons
MATCH (face:Face)-[belongs:BELONGS_TO]->(person:Person)
WHERE belongs.source <> 'cluster'
RETURN face.id AS face, person.id AS person
