// forget-photos: delete those of these photos that show no face; a mark of their content stays
// mode: write
// param photos LIST<STRING>: ids of photos
// example: graphface forget 3 --photos
UNWIND $photos AS id
MATCH (photo:Photo {id: id})
WHERE NOT EXISTS { (photo)-[:HAS_FACE]->() }
MERGE (mark:Forgotten {id: photo.id})
SET mark.size = photo.size, mark.at = datetime()
DETACH DELETE photo
RETURN count(*) AS photos
