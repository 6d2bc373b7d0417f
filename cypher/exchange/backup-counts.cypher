// backup-counts: how many nodes and relationships there are, when people last changed, and whether a restore was cut off
// mode: read
// example: graphface backup faces.backup
CALL () { MATCH (n) WHERE NOT n:Restoring RETURN count(n) AS nodes }
CALL () { MATCH ()-[r]->() RETURN count(r) AS relationships }
RETURN nodes, relationships, COUNT { (:Face) } AS faces,
       head(COLLECT { MATCH (s:Space) RETURN toString(s['changedAt']) }) AS changed,
       EXISTS { MATCH (mark:Restoring) } AS unfinished
