// write-new-people: number and make this many new persons
// mode: write
// param count INTEGER: how many
// example: graphface cluster
MATCH (space:Space {id: 'space'})
SET space.changedAt = datetime() // nobody else numbers a person until this transaction ends
WITH space, space.nextPerson AS first
SET space.nextPerson = first + $count
WITH first
UNWIND range(first, first + $count - 1) AS number
CREATE (person:Person {id: 'p' + toString(number), number: number, createdAt: datetime()})
RETURN person.id AS person
ORDER BY number
