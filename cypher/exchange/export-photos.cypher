// export-photos: photos with all their files, and their faces left to right
// mode: read
// example: graphface export by-person --to folders
MATCH (photo:Photo)
WHERE photo.id IS NOT NULL
RETURN photo.id AS photo, photo.paths AS paths, photo.size AS size,
       photo.width AS width, photo.height AS height, photo.takenAt AS takenAt, photo.path AS path,
       COLLECT {
         MATCH (photo)-[:HAS_FACE]->(face:Face)
         OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
         RETURN {
           face: face.id, x: face.x, y: face.y, width: face.width, height: face.height,
           number: person.number, name: person.name, hidden: person.hidden
         } ORDER BY face.x, face.y
       } AS faces
ORDER BY photo
