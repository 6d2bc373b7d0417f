// rejected-persons: faces that somebody said are not that person
// mode: read
// example: graphface query rejected-persons
MATCH (face:Face)-[said]-(:Face)-[:BELONGS_TO]->(person:Person)
WHERE type(said) = 'NOT_SAME' AND said['source'] = 'user'
  AND NOT EXISTS { (face)-[:BELONGS_TO]->(person) }
RETURN DISTINCT face.id AS face, person.id AS person
