// together-photos: photos that show all of these persons, the oldest first
// mode: read
// param persons LIST<STRING>: ids of persons
// example: graphface query together-photos --param persons='["p1", "p2"]'
MATCH (first:Person {id: $persons[0]})<-[:BELONGS_TO]-(:Face)<-[:HAS_FACE]-(photo:Photo)
WITH DISTINCT photo
WHERE all(id IN $persons WHERE EXISTS {
  (photo)-[:HAS_FACE]->(:Face)-[:BELONGS_TO]->(:Person {id: id})
})
RETURN coalesce(photo.paths[0], photo.path) AS path, photo.takenAt AS takenAt,
       COUNT { (photo)-[:HAS_FACE]->(:Face) } AS faces
ORDER BY takenAt, path
