// bridge-links: SAME without which a group of faces falls in two (GDS bridges), those between the densest parts first
// mode: read
// note: Two people in one group often hang together by a single link. Where both ends have many
// note: SAME (`linksOfA`, `linksOfB`), the bridge joins two groups that would stand alone; where
// note: one end has a single SAME, it only holds that face. `graphface audit` weighs them by what
// note: they cut off.
// example: graphface query bridge-links
OPTIONAL CALL gds.graph.drop('bridge-links', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (a:Face)-[:SAME]->(b:Face)
WITH gds.graph.project('bridge-links', a, b, {}, {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.bridges.stream(projected.graphName) YIELD from, to
WITH collect([gds.util.asNode(from), gds.util.asNode(to)]) AS bridges
OPTIONAL CALL gds.graph.drop('bridge-links', false) YIELD graphName
UNWIND bridges AS bridge
WITH bridge[0] AS x, bridge[1] AS y
MATCH (x)-[same:SAME]-(y)
WITH same, startNode(same) AS a, endNode(same) AS b
RETURN a.id AS a, b.id AS b, same.distance AS distance,
       COUNT { (a)-[:SAME]-() } AS linksOfA, COUNT { (b)-[:SAME]-() } AS linksOfB,
       EXISTS { (a)-[:BELONGS_TO]->(:Person)<-[:BELONGS_TO]-(b) } AS onePerson
ORDER BY CASE WHEN linksOfA < linksOfB THEN linksOfA ELSE linksOfB END DESC, distance DESC, a, b
