// knn-pairs: pairs of faces that are likely near, by gds.knn, for all faces
// mode: read
// param graph STRING: name of a projection made by project-faces
// param metric STRING: 'EUCLIDEAN' or 'COSINE'
// param neighbors INTEGER: neighbours a face has at most
// param cutoff FLOAT: lowest score: 1 / (1 + distance), or the cosine scaled to [0, 1]
// example: graphface link --method knn
CALL gds.knn.stream($graph, {
  nodeProperties: {embedding: $metric}, topK: $neighbors, similarityCutoff: $cutoff
})
YIELD node1, node2
RETURN gds.util.asNode(node1).id AS a, gds.util.asNode(node2).id AS b
