// communities-components: groups of faces that any chain of SAME holds together (GDS weakly connected components)
// mode: read
// note: What the recipe calls a person. One SAME too many glues two groups into one: compare
// note: communities-leiden, and look at the step in question by bridge-links.
// example: graphface query communities-components
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (a:Face)-[:SAME]->(b:Face)
WITH gds.graph.project('communities', a, b, {}, {}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.wcc.stream(projected.graphName) YIELD nodeId, componentId
WITH componentId AS community, gds.util.asNode(nodeId) AS face
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH community, collect(face.id) AS faces,
     collect(DISTINCT coalesce(person.name, 'person ' + toString(person.number))) AS people
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName
RETURN community, size(faces) AS size, people, faces
ORDER BY size DESC, community
