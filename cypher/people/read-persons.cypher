// read-persons: what is written on these persons
// mode: read
// param persons LIST<STRING>: ids of persons
// example: graphface history
UNWIND $persons AS id
MATCH (person:Person {id: id})
RETURN person.id AS person, person.number AS number, person.name AS name,
       coalesce(person.hidden, false) AS hidden,
       toString(person.createdAt) AS created
