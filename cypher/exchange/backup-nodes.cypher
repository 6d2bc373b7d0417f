// backup-nodes: every node with its labels and properties
// mode: read
// example: graphface backup faces.backup
MATCH (n)
WHERE NOT n:Restoring
RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS properties
