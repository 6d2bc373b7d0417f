// walk-to-person: from a face along SAME to the nearest face that belongs to a person
// mode: read
// param face STRING: id of the face to start from
// example: graphface query walk-to-person --param face=...
MATCH (start:Face {id: $face})
MATCH path = ANY SHORTEST (start)(()-[:SAME]-()){0,12}(known:Face WHERE EXISTS { (known)-[:BELONGS_TO]->() })
WITH path, known, reduce(sum = 0.0, r IN relationships(path) | sum + r.distance) AS walked
ORDER BY length(path), walked, known.id
LIMIT 1
MATCH (known)-[belongs:BELONGS_TO]->(person:Person)
RETURN person.id AS person, person.name AS name, belongs.source AS source,
       [face IN nodes(path) | face.id] AS faces,
       [same IN relationships(path) | same.distance] AS distances,
       [face IN nodes(path) |
         COLLECT { MATCH (photo:Photo)-[:HAS_FACE]->(face) RETURN coalesce(photo.paths[0], photo.path) }[0]] AS paths
