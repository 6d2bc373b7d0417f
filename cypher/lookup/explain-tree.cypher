// explain-tree: from a face, the tree of SAME whose steps are the smallest (Prim, minimum spanning tree)
// mode: read
// param graph STRING: name of a projection made by project-same; the tree becomes its TREE
// param face STRING: id of the face
// example: graphface explain FACE FACE
MATCH (start:Face {id: $face})
CALL gds.spanningTree.mutate($graph, {
  sourceNode: start, relationshipTypes: ['SAME'], relationshipWeightProperty: 'distance',
  objective: 'minimum', mutateRelationshipType: 'TREE', mutateProperty: 'step'
}) YIELD effectiveNodeCount
RETURN effectiveNodeCount AS reached
