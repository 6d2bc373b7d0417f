// drop-empty-people: persons without a name and without a face are nobody
// mode: write
// example: graphface query drop-empty-people
MATCH (person:Person)
WHERE person.name IS NULL AND NOT EXISTS { (person)<-[:BELONGS_TO]-() }
DETACH DELETE person
RETURN count(*) AS dropped
