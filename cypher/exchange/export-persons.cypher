// export-persons: every person, whether hidden or not
// mode: read
// example: graphface export people.graphml --to graphml
MATCH (person:Person)
WHERE person.id IS NOT NULL
RETURN person.id AS person, person.number AS number, person.name AS name,
       coalesce(person.hidden, false) AS hidden,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces
ORDER BY person
