// write-change: remember a change with what was before it, so that it can be undone
// mode: write
// param what STRING: the command
// param text STRING: what it did, in one line
// param moved INTEGER: faces that belong to another person now
// param before STRING: the state before, as JSON
// param after STRING: the state after, as JSON
// param faces LIST<STRING>: ids of the faces it speaks of
// param persons LIST<STRING>: ids of the persons it speaks of
// example: graphface history
MATCH (space:Space {id: 'space'})
WITH space, coalesce(space.nextChange, 1) AS number
SET space.nextChange = number + 1
CREATE (change:Change {
  number: number, what: $what, text: $text, moved: $moved, at: datetime(),
  before: $before, after: $after, faces: $faces, persons: $persons
})
RETURN change.number AS number, change.what AS what, change.text AS text, change.at AS at,
       false AS undone, change.moved AS moved
