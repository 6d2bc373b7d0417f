// photos-of-faces: the photos of these faces, and whether they show anybody else
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface forget 3 --photos --dry-run
UNWIND $faces AS id
MATCH (photo:Photo)-[:HAS_FACE]->(:Face {id: id})
WITH DISTINCT photo
RETURN photo.id AS photo, coalesce(photo.paths, [photo.path]) AS paths,
       EXISTS { (photo)-[:HAS_FACE]->(other:Face WHERE NOT other.id IN $faces) } AS others
ORDER BY paths
