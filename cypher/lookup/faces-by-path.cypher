// faces-by-path: the faces of the photo at one of these paths, left to right, ignored ones too
// mode: read
// param paths LIST<STRING>: paths of one photo, as ingested
// example: graphface query faces-by-path -p paths='["/home/ada/photos/party.jpg"]'
OPTIONAL MATCH (first:Photo)
WHERE first.path IN $paths AND any(path IN first.paths WHERE path IN $paths)
WITH collect(first) AS found // by the index: most photos are where they were first
CALL (found) {
  UNWIND found AS photo
  RETURN photo
  UNION ALL
  WITH size(found) AS known WHERE known = 0
  MATCH (photo:Photo)
  WHERE any(path IN photo.paths WHERE path IN $paths)
  RETURN photo
}
OPTIONAL MATCH (photo)-[:HAS_FACE]->(face:Face|IgnoredFace)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS id, coalesce(photo.paths[0], photo.path) AS path, photo.id AS photo,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box,
       person.id AS person, person.number AS number, person.name AS name,
       belongs.source AS source, belongs.confidence AS confidence,
       face:IgnoredFace AS ignored
ORDER BY photo, box, id
