// gds-label-propagation: communities by label propagation; concurrency 1 makes it repeatable
// mode: read
// param graph STRING: name of a projection made by gds-project-pairs
// example: graphface evaluate --methods label-propagation
CALL gds.labelPropagation.stream($graph, {
  relationshipWeightProperty: 'weight', maxIterations: 30, concurrency: 1
}) YIELD nodeId, communityId
RETURN nodeId AS face, communityId AS community
