// kept-faces: faces of these photos that a person marked or ignored: ingest leaves them as they are
// mode: read
// param photos LIST<STRING>: ids of photos
// example: graphface ingest photos/ --again
UNWIND $photos AS id
MATCH (photo:Photo {id: id})-[:HAS_FACE]->(face:Face|IgnoredFace)
WHERE face:IgnoredFace OR face.source = 'user'
RETURN photo.id AS photo, face.id AS face, [face.x, face.y, face.width, face.height] AS box
ORDER BY photo, face
