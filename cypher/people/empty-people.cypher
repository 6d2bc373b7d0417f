// empty-people: which of these persons have neither a name nor a face
// mode: read
// param persons LIST<STRING>: ids of persons
// example: graphface merge 3 5
UNWIND $persons AS id
MATCH (person:Person {id: id})
WHERE person.name IS NULL AND NOT EXISTS { (person)<-[:BELONGS_TO]-() }
RETURN person.id AS person
