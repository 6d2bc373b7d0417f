// pair-components: numbered faces that a chain of pairs holds together
// mode: read
// param graph STRING: name of a projection made by gds-project-pairs
// example: graphface evaluate --methods components
CALL gds.wcc.stream($graph) YIELD nodeId, componentId
RETURN nodeId AS face, componentId AS component
