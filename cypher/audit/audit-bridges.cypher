// audit-bridges: SAME without which a group of faces falls in two (GDS bridges)
// mode: read
// param graph STRING: name of a projection made by audit-project-within
// example: graphface query audit-bridges --param graph=within
CALL gds.bridges.stream($graph) YIELD from, to
RETURN gds.util.asNode(from).id AS a, gds.util.asNode(to).id AS b
