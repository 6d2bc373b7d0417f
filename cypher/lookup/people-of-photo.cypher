// people-of-photo: who is in the photo at this path, left to right
// mode: read
// param path STRING: path of the photo, as ingested
// example: graphface query people-of-photo --param path=/home/ada/photos/party.jpg
OPTIONAL MATCH (first:Photo {path: $path})
WHERE $path IN first.paths
WITH collect(first) AS found // by the index: most photos are where they were first
CALL (found) {
  UNWIND found AS photo
  RETURN photo
  UNION ALL
  WITH size(found) AS known WHERE known = 0
  MATCH (photo:Photo)
  WHERE $path IN photo.paths
  RETURN photo
}
MATCH (photo)-[:HAS_FACE]->(face:Face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN person.number AS number, person.name AS name, belongs.source AS source,
       belongs.confidence AS confidence, face.quality AS quality,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box, face.id AS face
ORDER BY box
