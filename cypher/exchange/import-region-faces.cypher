// import-region-faces: the faces of these photos
// mode: read
// param photos LIST<STRING>: ids of photos
// example: graphface import-regions photos/
UNWIND $photos AS id
MATCH (photo:Photo {id: id})
RETURN photo.id AS photo, photo.width AS width, photo.height AS height,
       COLLECT {
         MATCH (photo)-[:HAS_FACE]->(face:Face)
         RETURN face {.id, .x, .y, .width, .height} ORDER BY face.x, face.y
       } AS faces
