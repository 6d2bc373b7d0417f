// communities-louvain: groups of faces with more and nearer SAME inside than between them (GDS Louvain)
// mode: read
// note: Louvain moves faces, then whole groups, to wherever modularity gains most. Compare
// note: `people`, the persons that a group's faces belong to: several in one group were glued
// note: together, one in several groups fell apart.
// example: graphface query communities-louvain
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH ()-[same:SAME]->()
WITH max(same.distance) AS longest
MATCH (a:Face)-[same:SAME]->(b:Face)
WITH gds.graph.project('communities', a, b,
  {relationshipProperties: {nearness: 1.01 - same.distance / longest}},
  {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.louvain.stream(projected.graphName, {
  relationshipWeightProperty: 'nearness', concurrency: 1
}) YIELD nodeId, communityId
WITH communityId AS community, gds.util.asNode(nodeId) AS face
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH community, collect(face.id) AS faces,
     collect(DISTINCT coalesce(person.name, 'person ' + toString(person.number))) AS people
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName
RETURN community, size(faces) AS size, people, faces
ORDER BY size DESC, community
