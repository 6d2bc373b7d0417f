// audit-people: every person, and how many faces belong to it
// mode: read
// example: graphface query audit-people
MATCH (person:Person)
RETURN person.id AS id, person.number AS number, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces
ORDER BY number
