// audit-orphan-faces: faces cut out of a photo that is no longer in the graph
// mode: read
// example: graphface query audit-orphan-faces
MATCH (face:Face)
WHERE face.x IS NOT NULL AND NOT EXISTS { (:Photo)-[:HAS_FACE]->(face) }
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN face.id AS face, head(collect(person.number)) AS number
ORDER BY face
