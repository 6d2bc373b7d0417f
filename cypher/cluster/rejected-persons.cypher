// rejected-persons: faces that somebody said are not that person
// mode: read
// example: graphface query rejected-persons
MATCH (face:Face)-[said:NOT_SAME {source: 'user'}]-(:Face)-[:BELONGS_TO]->(person:Person)
WHERE NOT EXISTS { (face)-[:BELONGS_TO]->(person) }
RETURN DISTINCT face.id AS face, person.id AS person
