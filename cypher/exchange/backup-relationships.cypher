// backup-relationships: every relationship, in the portion of the node where it starts
// mode: read
// example: graphface backup faces.backup
MATCH (a)
WHERE EXISTS { (a)-->() }
RETURN elementId(a) AS id, labels(a) AS labels, coalesce(a.id, a.number) AS key,
       COLLECT {
         MATCH (a)-[r]->(b)
         RETURN [type(r), elementId(b), properties(r), labels(b), coalesce(b.id, b.number)]
       } AS out
