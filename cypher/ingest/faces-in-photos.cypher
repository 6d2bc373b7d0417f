// faces-in-photos: where the faces of these photos are, and which a person marked or ignored
// mode: read
// param photos LIST<STRING>: ids of photos
// example: graphface ingest photos/ --again --detector centerface
UNWIND $photos AS id
MATCH (photo:Photo {id: id})-[:HAS_FACE]->(face:Face|IgnoredFace)
WHERE face.x IS NOT NULL
RETURN photo.id AS photo, face.id AS face, [face.x, face.y, face.width, face.height] AS box,
       face:IgnoredFace OR coalesce(face.source, '') = 'user' AS kept
ORDER BY photo, face
