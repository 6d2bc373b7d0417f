// explain-narrow: of a projection, the SAME that are no longer than this
// mode: read
// param graph STRING: name of a projection made by project-same
// param narrowed STRING: name for what is left
// param longest FLOAT: distance of the longest SAME to keep
// example: graphface explain FACE FACE
CALL gds.graph.filter($narrowed, $graph, '*', 'r:SAME AND r.distance <= $longest',
  {parameters: {longest: $longest}}) YIELD relationshipCount
RETURN relationshipCount
