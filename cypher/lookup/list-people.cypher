// list-people: persons with their faces and photos, the most photographed first
// mode: read
// param minFaces INTEGER: leave out persons with fewer faces
// example: graphface query list-people --param minFaces=2
MATCH (person:Person)
OPTIONAL MATCH (person)<-[belongs:BELONGS_TO]-(face:Face)
OPTIONAL MATCH (face)<-[:HAS_FACE]-(photo:Photo)
WITH person, count(DISTINCT face) AS faces, count(DISTINCT photo) AS photos,
     min(photo.takenAt) AS first, max(photo.takenAt) AS last
WHERE faces >= $minFaces OR (faces = 0 AND person.name IS NOT NULL)
RETURN person.number AS number, person.name AS name, faces, photos, first, last,
       coalesce(person.hidden, false) AS hidden
ORDER BY faces DESC, number
