// faces-of-photos: the faces of these photos, and to whom they belong
// mode: read
// param photos LIST<STRING>: ids of photos
// example: graphface register --name Ada img.jpg
UNWIND $photos AS id
MATCH (photo:Photo {id: id})-[:HAS_FACE]->(face:Face)
WHERE face.embedding IS NOT NULL
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN photo.id AS photo, face.id AS face,
       coalesce(face.x, 0) AS x, coalesce(face.y, 0) AS y,
       coalesce(face.width, 0) AS width, coalesce(face.height, 0) AS height,
       face.embedding AS embedding, person.id AS person, person.name AS name,
       belongs.source AS source
ORDER BY photo, x, y
