// persons-called: the persons of these names, upper and lower case alike
// mode: read
// param names LIST<STRING>: names as typed
// example: graphface register FOLDER
MATCH (person:Person)
WHERE person.name IS NOT NULL
WITH person, [name IN $names WHERE toLower(name) = toLower(person.name)] AS asked
WHERE size(asked) > 0
UNWIND asked AS name
RETURN name, person.id AS person, person.number AS number, person.name = name AS exact
ORDER BY name, number
