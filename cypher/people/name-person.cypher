// name-person: give a person a name
// mode: write
// param person STRING: id of the person
// param name STRING: the name
// example: graphface name 3 "Ada Lovelace"
MATCH (person:Person {id: $person})
WITH person, person.name AS before
SET person.name = $name
RETURN person.number AS number, before, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces
