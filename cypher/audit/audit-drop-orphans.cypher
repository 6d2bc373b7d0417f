// audit-drop-orphans: delete faces whose photo is gone, and photos that have neither file nor face
// mode: write
// param faces LIST<STRING>: ids of faces
// param photos LIST<STRING>: ids of photos
// example: graphface audit --apply
OPTIONAL MATCH (face:Face)
WHERE face.id IN $faces AND NOT EXISTS { (:Photo)-[:HAS_FACE]->(face) }
WITH collect(face) AS faces
OPTIONAL MATCH (photo:Photo)
WHERE photo.id IN $photos AND NOT EXISTS { (photo)-[:HAS_FACE]->() }
WITH faces, collect(photo) AS photos
FOREACH (gone IN faces + photos | DETACH DELETE gone)
RETURN size(faces) AS faces, size(photos) AS photos
