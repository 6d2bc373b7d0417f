// changes-to-undo: the last changes that still stand, with what was before them
// mode: read
// param count INTEGER: how many
// example: graphface undo
MATCH (change:Change)
WHERE change.undoneAt IS NULL
RETURN change.number AS number, change.what AS what, change.text AS text,
       change.at AS at, false AS undone, change.moved AS moved,
       change.before AS before, change.after AS after
ORDER BY number DESC
LIMIT $count
