// faces-by-path: the faces of the photo at one of these paths, left to right
// mode: read
// param paths LIST<STRING>: paths of one photo, as ingested
// example: graphface query faces-by-path -p paths='["/home/ada/photos/party.jpg"]'
MATCH (photo:Photo)
WHERE any(path IN photo.paths WHERE path IN $paths)
OPTIONAL MATCH (photo)-[:HAS_FACE]->(face:Face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS id, coalesce(photo.paths[0], photo.path) AS path, photo.id AS photo,
       [face.x, face.y, face.width, face.height] AS box,
       person.id AS person, person.number AS number, person.name AS name,
       belongs.source AS source, belongs.confidence AS confidence
ORDER BY photo, box, id
