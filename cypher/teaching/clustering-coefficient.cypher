// clustering-coefficient: how tightly the faces of each person hang together: triangles of SAME, and how many could be
// mode: read
// note: 1 means that all neighbours of a face are neighbours of each other. Persons near 0 are
// note: chains: somebody slowly turns into somebody else. The GDS names are triangle count and
// note: local clustering coefficient.
// example: graphface query clustering-coefficient
OPTIONAL CALL gds.graph.drop('triangles', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH (a:Face)-[:SAME]->(b:Face)
WITH gds.graph.project('triangles', a, b, {}, {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.triangleCount.mutate(projected.graphName, {mutateProperty: 'triangles'}) YIELD globalTriangleCount
CALL gds.localClusteringCoefficient.stream(projected.graphName, {triangleCountProperty: 'triangles'})
YIELD nodeId, localClusteringCoefficient
WITH collect([gds.util.asNode(nodeId), localClusteringCoefficient,
     toInteger(gds.util.nodeProperty('triangles', nodeId, 'triangles'))]) AS counted
OPTIONAL CALL gds.graph.drop('triangles', false) YIELD graphName
UNWIND counted AS one
WITH one[0] AS face, one[1] AS coefficient, one[2] AS triangles
MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN person.number AS person, person.name AS name, count(face) AS faces,
       avg(coefficient) AS coefficient, sum(triangles) / 3 AS triangles
ORDER BY coefficient, faces DESC, person
