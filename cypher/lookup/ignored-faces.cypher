// ignored-faces: every face that was ignored, with its photo
// mode: read
// example: graphface faces --ignored
MATCH (face:IgnoredFace)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, head(collect(photo)) AS photo
RETURN face.id AS id, coalesce(photo.paths[0], photo.path) AS path, photo.id AS photo,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box
ORDER BY path, box, id
