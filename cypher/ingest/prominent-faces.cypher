// prominent-faces: the face that each photo is most likely of
// mode: read
// param photos LIST<STRING>: ids of photos
// note: A subject is large and near the middle; passers-by are one or the other.
// example: graphface ingest photos/ --people-from-folders
UNWIND $photos AS id
MATCH (photo:Photo {id: id})-[:HAS_FACE]->(face:Face)
WITH photo, face,
     face.width * face.height
     / (1.0 + abs(face.x + face.width / 2.0 - photo.width / 2.0) / photo.width
            + abs(face.y + face.height / 2.0 - photo.height / 2.0) / photo.height) AS prominence
ORDER BY prominence DESC, face.id
WITH photo, collect(face.id)[0] AS face
RETURN photo.id AS photo, face
