// list-changes: what people changed, newest first
// mode: read
// param last INTEGER: how many
// example: graphface query list-changes --param last=10
MATCH (change:Change)
RETURN change.number AS number, change.what AS what, change.text AS text,
       change.at AS at, change.undoneAt IS NOT NULL AS undone, change.moved AS moved
ORDER BY number DESC
LIMIT $last
