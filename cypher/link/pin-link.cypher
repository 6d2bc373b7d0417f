// pin-link: how the SAME of this graph are found from here on
// mode: write
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// param neighbors INTEGER: nearest neighbours that each face keeps at least, or null for all
// param exactly BOOLEAN: whether no pair is missed
// example: graphface link
MATCH (s:Space {id: 'space'})
SET s.linkedMetric = $metric, s.linkedNeighbors = $neighbors, s.linkedExactly = $exactly
