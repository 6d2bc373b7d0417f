// backup-counts: how many nodes and relationships there are, when people last changed, and whether a restore was cut off
// mode: read
// example: graphface backup faces.backup
RETURN COUNT { (n) WHERE NOT n:Restoring } AS nodes, COUNT { ()-->() } AS relationships,
       COUNT { (:Face) } AS faces,
       head(COLLECT { MATCH (s:Space) RETURN toString(s.changedAt) }) AS changed,
       EXISTS { MATCH (mark:Restoring) } AS unfinished
