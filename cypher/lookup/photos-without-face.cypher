// photos-without-face: photos in which no face was found
// mode: read
// param limit INTEGER: how many photos
// example: graphface query photos-without-face --param limit=20
MATCH (photo:Photo)
WHERE NOT EXISTS { (photo)-[:HAS_FACE]->() }
RETURN photo.path AS path, photo.width AS width, photo.height AS height, photo.takenAt AS takenAt
ORDER BY path
LIMIT $limit
