// forget-person: delete a person who has no face left
// mode: write
// param person STRING: id of the person
// example: graphface forget 3
MATCH (person:Person {id: $person})
WHERE NOT EXISTS { (person)<-[:BELONGS_TO]-() }
DETACH DELETE person
RETURN count(*) AS persons
