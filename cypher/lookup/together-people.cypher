// together-people: persons to draw: those in the most photos, their photos and their best faces
// mode: read
// param most INTEGER: how many persons
// example: graphface query together-people --param most=100
MATCH (person:Person)<-[:BELONGS_TO]-(:Face)<-[:HAS_FACE]-(photo:Photo)
WHERE NOT coalesce(person.hidden, false)
WITH person, count(DISTINCT photo) AS photos
ORDER BY photos DESC, person.number
LIMIT $most
RETURN person.number AS number, person.name AS name, photos,
       COLLECT {
         MATCH (person)<-[:BELONGS_TO]-(face:Face)<-[:HAS_FACE]-(photo:Photo)
         WHERE face.x IS NOT NULL
         RETURN {path: coalesce(photo.paths[0], photo.path),
                 box: [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)]}
         ORDER BY coalesce(face.quality, 0.0) DESC, face.width DESC, face.id
         LIMIT 3
       } AS faces
