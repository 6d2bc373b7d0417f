// face-people: every face with the person it belongs to, who said so, and its nearest SAME
// mode: read
// example: graphface query face-people
MATCH (face:Face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, person.id AS person, person.name IS NOT NULL AS named,
       belongs.source AS source,
       COLLECT { MATCH (face)-[same:SAME]-() RETURN min(same.distance) }[0] AS nearest
