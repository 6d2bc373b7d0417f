// typical-faces: of each person the face that all others point to most (GDS PageRank along SAME)
// mode: read
// note: The picture to show when somebody asks what a person looks like. Nearer SAME weigh more.
// example: graphface query typical-faces
OPTIONAL CALL gds.graph.drop('typical-faces', false) YIELD graphName // of a run that failed
WITH count(graphName) AS dropped
MATCH ()-[same:SAME]->()
WITH max(same.distance) AS longest
MATCH (a:Face)-[same:SAME]->(b:Face)
WITH gds.graph.project('typical-faces', a, b,
  {relationshipProperties: {nearness: 1.01 - same.distance / longest}},
  {undirectedRelationshipTypes: ['*']}) AS projected
WHERE projected IS NOT NULL // there are SAME
CALL gds.pageRank.stream(projected.graphName, {relationshipWeightProperty: 'nearness'})
YIELD nodeId, score
WITH collect([gds.util.asNode(nodeId), score]) AS ranked
OPTIONAL CALL gds.graph.drop('typical-faces', false) YIELD graphName
UNWIND ranked AS one
WITH one[0] AS face, one[1] AS score
MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH person, face, score
ORDER BY score DESC, face.id
WITH person, collect(face) AS faces, max(score) AS score
RETURN person.number AS person, person.name AS name, head(faces).id AS face, score,
       size(faces) AS faces
ORDER BY faces DESC, person
