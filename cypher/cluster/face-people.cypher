// face-people: every face with the person it belongs to, who said so, and its nearest SAME
// mode: read
// example: graphface query face-people
MATCH (face:Face)
OPTIONAL MATCH (face)-[same:SAME]-()
WITH face, min(same.distance) AS nearest
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, person.id AS person, person.name IS NOT NULL AS named,
       belongs.source AS source, nearest, coalesce(face.quality, 1.0) AS quality
