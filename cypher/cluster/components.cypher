// components: faces that a chain of SAME holds together (weakly connected components)
// mode: read
// param graph STRING: name of a projection made by project-same
// example: graphface query components --param graph=same
CALL gds.wcc.stream($graph) YIELD nodeId, componentId
RETURN gds.util.asNode(nodeId).id AS face, componentId AS component
