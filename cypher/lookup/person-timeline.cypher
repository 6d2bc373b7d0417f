// person-timeline: in how many photos of each month a person is
// mode: read
// param number INTEGER: the number that `graphface people` shows
// example: graphface query person-timeline --param number=1
MATCH (:Person {number: $number})<-[:BELONGS_TO]-(:Face)<-[:HAS_FACE]-(photo:Photo)
WHERE photo.takenAt IS NOT NULL
RETURN date.truncate('month', photo.takenAt) AS month, count(DISTINCT photo) AS photos
ORDER BY month
