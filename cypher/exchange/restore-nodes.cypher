// restore-nodes: nodes of a backup
// mode: write
// param rows LIST<MAP>: labels, properties
// example: graphface restore faces.backup
UNWIND range(0, size($rows) - 1) AS i
CREATE (n:$($rows[i].labels))
SET n = $rows[i].properties
RETURN i, elementId(n) AS id
