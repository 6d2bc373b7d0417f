// company: who is in photos with a person, how often, and in what share of that person's photos
// mode: read
// param number INTEGER: the number that `graphface people` shows
// note: Counted from the photos themselves, so nothing has to be written first.
// example: graphface query company --param number=1
MATCH (person:Person {number: $number})<-[:BELONGS_TO]-(:Face)<-[:HAS_FACE]-(photo:Photo)
WITH person, collect(DISTINCT photo) AS photos
UNWIND photos AS photo
MATCH (photo)-[:HAS_FACE]->(:Face)-[:BELONGS_TO]->(other:Person)
WHERE other <> person
WITH other, size(photos) AS all, count(DISTINCT photo) AS photos, min(photo.takenAt) AS first,
     max(photo.takenAt) AS last
RETURN other.number AS number, other.name AS name, photos, photos * 1.0 / all AS share, first, last
ORDER BY photos DESC, number
