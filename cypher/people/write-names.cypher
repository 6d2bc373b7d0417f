// write-names: a person for each of these names, made where there is none yet
// mode: write
// param names LIST<STRING>: names of persons
// example: graphface ingest photos/ --people-from-folders
MATCH (space:Space {id: 'space'})
SET space.changedAt = datetime() // nobody else numbers a person until this transaction ends
WITH space
UNWIND $names AS name
OPTIONAL MATCH (known:Person {name: name})
WITH space, name, count(known) AS known
WHERE known = 0
WITH space, collect(name) AS names
WITH space, names, space.nextPerson AS first
SET space.nextPerson = first + size(names)
WITH first, names
UNWIND range(0, size(names) - 1) AS i
CREATE (:Person {id: 'p' + toString(first + i), number: first + i, name: names[i], createdAt: datetime()})
