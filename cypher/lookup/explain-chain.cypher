// explain-chain: the shortest chain of SAME between two faces (Dijkstra), with what is known of each
// mode: read
// param graph STRING: name of a projection made by project-same or explain-narrow
// param start STRING: id of the first face
// param end STRING: id of the other one
// example: graphface explain FACE FACE
MATCH (start:Face {id: $start})
MATCH (end:Face {id: $end})
CALL gds.shortestPath.dijkstra.stream($graph, {
  sourceNode: start, targetNode: end, relationshipWeightProperty: 'distance'
}) YIELD nodeIds
WITH [id IN nodeIds | gds.util.asNode(id)] AS faces
UNWIND range(0, size(faces) - 1) AS i
WITH i, faces[i] AS face, CASE WHEN i > 0 THEN faces[i - 1] END AS before
OPTIONAL MATCH (before)-[same:SAME]-(face)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
WITH i, face, min(same.distance) AS distance, head(collect(photo)) AS photo, head(collect(person)) AS person
RETURN face.id AS face, distance, coalesce(photo.paths[0], photo.path) AS path,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box,
       person.number AS number, person.name AS name
ORDER BY i
