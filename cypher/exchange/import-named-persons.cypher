// import-named-persons: every person that has a name
// mode: read
// example: graphface import-names names.csv
MATCH (person:Person)
WHERE person.name IS NOT NULL
RETURN person.id AS person, person.number AS number, person.name AS name,
       coalesce(person.hidden, false) AS hidden
ORDER BY number
