// forget-photos: delete those of these photos that show no face but ignored ones; a mark of their content stays
// mode: write
// param photos LIST<STRING>: ids of photos
// example: graphface forget 3 --photos
UNWIND $photos AS id
MATCH (photo:Photo {id: id})
WHERE NOT EXISTS { (photo)-[:HAS_FACE]->(:Face) }
WITH photo, COLLECT { MATCH (photo)-[:HAS_FACE]->(face:IgnoredFace) RETURN face } AS ignored
MERGE (mark:Forgotten {id: photo.id})
SET mark.size = photo.size, mark.at = datetime()
FOREACH (face IN ignored | DETACH DELETE face)
DETACH DELETE photo
RETURN count(*) AS photos
