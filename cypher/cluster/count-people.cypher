// count-people: how many persons have a face or a name
// mode: read
// example: graphface query count-people
MATCH (person:Person)
RETURN count(person) AS people
