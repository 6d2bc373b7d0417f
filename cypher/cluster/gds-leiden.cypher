// gds-leiden: communities by modularity (Leiden), seeded
// mode: read
// param graph STRING: name of a projection made by gds-project-pairs
// example: graphface evaluate --methods leiden
CALL gds.leiden.stream($graph, {
  relationshipWeightProperty: 'weight', randomSeed: 1, concurrency: 1
}) YIELD nodeId, communityId
RETURN nodeId AS face, communityId AS community
