// review-called: the persons of this name (upper and lower case alike), with a face of each
// mode: read
// param name STRING: a name
// example: graphface query review-called -p name=Ada
MATCH (person:Person)
WHERE toLower(person.name) = toLower($name)
RETURN person.id AS person, person.number AS number, person.name AS name,
       coalesce(person.hidden, false) AS hidden,
       COLLECT { MATCH (person)<-[:BELONGS_TO]-(one:Face) RETURN one.id ORDER BY one.id } AS faces
ORDER BY number
