// communities-leiden: groups of faces with more and nearer SAME inside than between them (GDS Leiden)
// mode: read
// note: Leiden is Louvain with a step that splits badly connected groups again, so each group hangs
// note: together. `nearness` is 1 for a SAME of distance 0 and almost 0 for the longest one.
// example: graphface query communities-leiden
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH ()-[same:SAME]->()
WITH max(same.distance) AS longest
MATCH (a:Face)-[same:SAME]->(b:Face)
WITH gds.graph.project('communities', a, b,
  {relationshipProperties: {nearness: 1.01 - same.distance / longest}},
  {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.leiden.stream(projected.graphName, {
  relationshipWeightProperty: 'nearness', randomSeed: 1, concurrency: 1
}) YIELD nodeId, communityId
WITH communityId AS community, gds.util.asNode(nodeId) AS face
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH community, collect(face.id) AS faces,
     collect(DISTINCT coalesce(person.name, 'person ' + toString(person.number))) AS people
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName
RETURN community, size(faces) AS size, people, faces
ORDER BY size DESC, community
