// communities-label-propagation: groups of faces that agree on a label with most of their near SAME (GDS)
// mode: read
// note: Each face takes the label that weighs most among its neighbours, again and again until
// note: nothing changes: the fastest method, and the one that glues least at a loose threshold.
// example: graphface query communities-label-propagation
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH ()-[same:SAME]->()
WITH max(same.distance) AS longest
MATCH (a:Face)-[same:SAME]->(b:Face)
WITH gds.graph.project('communities', a, b,
  {relationshipProperties: {nearness: 1.01 - same.distance / longest}},
  {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.labelPropagation.stream(projected.graphName, {
  relationshipWeightProperty: 'nearness', maxIterations: 30, concurrency: 1
}) YIELD nodeId, communityId
WITH communityId AS community, gds.util.asNode(nodeId) AS face
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH community, collect(face.id) AS faces,
     collect(DISTINCT coalesce(person.name, 'person ' + toString(person.number))) AS people
OPTIONAL CALL gds.graph.drop('communities', false) YIELD graphName
RETURN community, size(faces) AS size, people, faces
ORDER BY size DESC, community
