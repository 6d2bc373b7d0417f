// face-crop: where the picture of a face is cut out, with the other faces of its photo; none for a hidden person
// mode: read
// param face STRING: id of the face
// example: graphface query face-crop --param face=...
MATCH (face:Face {id: $face})
WHERE NOT EXISTS { (face)-[:BELONGS_TO]->(person:Person) WHERE coalesce(person.hidden, false) }
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, head(collect(photo)) AS photo
RETURN photo.id AS photo, coalesce(photo.paths, []) AS paths,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box,
       COLLECT {
         MATCH (photo)-[:HAS_FACE]->(other:Face)
         WHERE other.x IS NOT NULL
         RETURN {face: other.id, box: [other.x, other.y, other.width, other.height, coalesce(other.rotation, 0)]}
         ORDER BY other.x, other.id
       } AS faces
