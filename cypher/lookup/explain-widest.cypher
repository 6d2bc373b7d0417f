// explain-widest: the largest step that no chain of SAME between two faces avoids
// mode: read
// param graph STRING: name of a projection in which explain-tree grew from the first face
// param start STRING: id of the first face
// param end STRING: id of the other one
// example: graphface explain FACE FACE
MATCH (start:Face {id: $start})
MATCH (end:Face {id: $end})
CALL gds.shortestPath.dijkstra.stream($graph, {
  sourceNode: start, targetNode: end, relationshipTypes: ['TREE'],
  relationshipWeightProperty: 'step'
}) YIELD costs
RETURN reduce(widest = 0.0, i IN range(1, size(costs) - 1) |
  CASE WHEN costs[i] - costs[i - 1] > widest THEN costs[i] - costs[i - 1] ELSE widest END) AS widest
