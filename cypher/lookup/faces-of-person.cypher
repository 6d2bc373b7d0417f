// faces-of-person: the faces of a person, those that people confirmed first
// mode: read
// param person STRING: id of the person
// example: graphface query faces-of-person -p person=p3
MATCH (person:Person {id: $person})<-[belongs:BELONGS_TO]-(face:Face)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH person, belongs, face, head(collect(photo)) AS photo
RETURN face.id AS id, coalesce(photo.paths[0], photo.path) AS path, photo.id AS photo,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box,
       person.id AS person, person.number AS number, person.name AS name,
       belongs.source AS source, belongs.confidence AS confidence
ORDER BY source = 'cluster', path, box, id
