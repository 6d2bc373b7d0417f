// explain-shared: faces that are SAME to both of two faces, those nearest to both first
// mode: read
// param a STRING: id of a face
// param b STRING: id of the other one
// example: graphface query explain-shared --param a=... --param b=...
MATCH (a:Face {id: $a})
MATCH (b:Face {id: $b})
MATCH (a)-[near:SAME]-(shared:Face)
MATCH (shared)-[far:SAME]-(b)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(shared)
OPTIONAL MATCH (shared)-[:BELONGS_TO]->(person:Person)
WITH shared, near, far, head(collect(photo)) AS photo, head(collect(person)) AS person
RETURN shared.id AS face, coalesce(photo.paths[0], photo.path) AS path,
       near.distance AS toA, far.distance AS toB,
       person.number AS number, person.name AS name
ORDER BY toA + toB, face
