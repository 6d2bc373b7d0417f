// number-person: the next person's id and number, taken
// mode: write
// example: graphface split 3
MATCH (space:Space {id: 'space'})
WITH space, space.nextPerson AS number
SET space.nextPerson = number + 1
RETURN 'p' + toString(number) AS id, number
