// skeleton: the fewest and nearest SAME that hold a person together (GDS minimum spanning tree)
// mode: read
// param number INTEGER: the number that `graphface people` shows
// note: One step fewer than faces. The longest step is where the person would come apart first.
// example: graphface query skeleton --param number=1
OPTIONAL CALL gds.graph.drop('skeleton', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (:Person {number: $number})<-[:BELONGS_TO]-(start:Face)
WHERE EXISTS { (start)-[:SAME]-(:Face)-[:BELONGS_TO]->(:Person {number: $number}) }
WITH start ORDER BY COUNT { (start)-[:SAME]-() } DESC, start.id LIMIT 1
MATCH (:Person {number: $number})<-[:BELONGS_TO]-(a:Face)-[same:SAME]->(b:Face)
WHERE EXISTS { (b)-[:BELONGS_TO]->(:Person {number: $number}) }
WITH start, gds.graph.project('skeleton', a, b, {relationshipProperties: same {.distance}},
  {undirectedRelationshipTypes: ['*']}) AS projected
CALL gds.spanningTree.stream(projected.graphName, {
  sourceNode: start, relationshipWeightProperty: 'distance'
}) YIELD nodeId, parentId, weight
WITH collect([gds.util.asNode(nodeId), gds.util.asNode(parentId), weight]) AS steps
OPTIONAL CALL gds.graph.drop('skeleton', false) YIELD graphName
UNWIND steps AS step
WITH step[0] AS face, step[1] AS parent, step[2] AS distance
WHERE face <> parent
RETURN parent.id AS parent, face.id AS face, distance
ORDER BY distance DESC, face
