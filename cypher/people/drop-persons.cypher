// drop-persons: take persons away who have no face left
// mode: write
// param persons LIST<STRING>: ids of persons
// example: graphface merge 3 5
UNWIND $persons AS id
MATCH (person:Person {id: id})
WHERE NOT EXISTS { (person)<-[:BELONGS_TO]-() }
DETACH DELETE person
