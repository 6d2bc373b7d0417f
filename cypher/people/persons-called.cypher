// persons-called: the persons of these names, by what all spellings of a name have in common
// mode: read
// param keys LIST<STRING>: names with their case folded
// example: graphface query persons-called -p keys='["ada"]'
UNWIND $keys AS key
MATCH (person:Person {nameKey: key})
WHERE person.name IS NOT NULL
RETURN key, person.id AS id, person.number AS number, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces
ORDER BY key, number
