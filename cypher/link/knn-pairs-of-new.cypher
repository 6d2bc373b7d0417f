// knn-pairs-of-new: pairs of faces that are likely near, by gds.knn.filtered, from some faces only
// mode: read
// param graph STRING: name of a projection made by project-faces
// param metric STRING: 'EUCLIDEAN' or 'COSINE'
// param neighbors INTEGER: neighbours a face has at most
// param cutoff FLOAT: lowest score: 1 / (1 + distance), or the cosine scaled to [0, 1]
// param faces LIST<STRING>: ids of the new faces
// example: graphface link --method knn
UNWIND $faces AS id
MATCH (f:Face {id: id})
WITH collect(f) AS new
CALL gds.knn.filtered.stream($graph, {
  nodeProperties: {embedding: $metric}, topK: $neighbors, similarityCutoff: $cutoff,
  sourceNodeFilter: new
})
YIELD node1, node2
RETURN gds.util.asNode(node1).id AS a, gds.util.asNode(node2).id AS b
