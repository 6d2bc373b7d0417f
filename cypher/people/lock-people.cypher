// lock-people: until this transaction ends, nobody else changes to whom faces belong
// mode: write
// example: graphface merge 3 5
MATCH (space:Space {id: 'space'})
SET space.changedAt = datetime()
RETURN 'locked' AS space
