// boxes-of-photos: these photos with their files, and where their faces are, ignored ones too
// mode: read
// param photos LIST<STRING>: ids of photos
// example: graphface import-regions photos/
UNWIND $photos AS id
MATCH (photo:Photo {id: id})
RETURN photo.id AS photo, coalesce(photo.paths, []) AS paths, photo.size AS size,
       photo.width AS width, photo.height AS height,
       COLLECT {
         MATCH (photo)-[:HAS_FACE]->(face:Face|IgnoredFace)
         RETURN face {.id, .x, .y, .width, .height, ignored: face:IgnoredFace}
         ORDER BY face.x, face.y
       } AS faces
