// walk-to-anchor: from a face along SAME to a face that a person or a folder gave to that person
// mode: read
// param face STRING: id of the face to start from
// param person STRING: id of the person
// example: graphface query walk-to-anchor --param face=... --param person=p1
MATCH (:Person {id: $person})<-[said:BELONGS_TO WHERE said.source <> 'cluster']-(anchor:Face)
WITH anchor ORDER BY anchor.id LIMIT 50
MATCH path = ANY SHORTEST (:Face {id: $face})(()-[:SAME]-()){0,12}(anchor)
WITH path, reduce(sum = 0.0, r IN relationships(path) | sum + r.distance) AS walked
ORDER BY length(path), walked
LIMIT 1
RETURN [face IN nodes(path) | face.id] AS faces,
       [same IN relationships(path) | same.distance] AS distances,
       [face IN nodes(path) |
         COLLECT { MATCH (photo:Photo)-[:HAS_FACE]->(face) RETURN coalesce(photo.paths[0], photo.path) }[0]] AS paths
