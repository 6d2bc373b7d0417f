// review-shown: where these faces are to be seen: the photo's first path, and the box in it
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface review
UNWIND $faces AS id
MATCH (face:Face {id: id})
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, head(collect(photo)) AS photo
RETURN face.id AS face, coalesce(photo.paths[0], photo.path) AS path,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box
