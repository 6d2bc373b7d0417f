// person-names: every name in use
// mode: read
// example: graphface query person-names
MATCH (person:Person)
WHERE person.name IS NOT NULL
RETURN DISTINCT person.name AS name
ORDER BY name
