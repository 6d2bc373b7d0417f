// drop-persons: take persons away
// mode: write
// param persons LIST<STRING>: ids of persons
// example: graphface merge 3 5
UNWIND $persons AS id
MATCH (person:Person {id: id})
DETACH DELETE person
