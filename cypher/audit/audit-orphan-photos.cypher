// audit-orphan-photos: photos without a file and without a face
// mode: read
// example: graphface query audit-orphan-photos
MATCH (photo:Photo)
WHERE size(coalesce(photo.paths, [])) = 0 AND NOT EXISTS { (photo)-[:HAS_FACE]->() }
RETURN photo.id AS photo, photo.path AS path
ORDER BY photo
