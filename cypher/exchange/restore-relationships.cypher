// restore-relationships: relationships of a backup
// mode: write
// param rows LIST<MAP>: from (element id), out: lists of type, element id, properties
// example: graphface restore faces.backup
UNWIND $rows AS row
MATCH (a)
WHERE elementId(a) = row.from
UNWIND row.out AS one
MATCH (b)
WHERE elementId(b) = one[1]
CREATE (a)-[r:$(one[0])]->(b)
SET r = one[2]
RETURN count(r) AS written
