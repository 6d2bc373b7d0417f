// update-appears-with: APPEARS_WITH between persons, counted anew: how many photos show both
// mode: write
// example: graphface query update-appears-with
OPTIONAL MATCH (:Person)-[old:APPEARS_WITH]->(:Person)
DELETE old
WITH count(*) AS dropped
MATCH (photo:Photo)-[:HAS_FACE]->(:Face)-[:BELONGS_TO]->(person:Person)
WITH photo, collect(DISTINCT person) AS people
WHERE size(people) > 1
UNWIND people AS a
UNWIND people AS b
WITH a, b, photo
WHERE a.number < b.number
WITH a, b, count(photo) AS photos
CREATE (a)-[:APPEARS_WITH {photos: photos}]->(b)
RETURN count(*) AS pairs
