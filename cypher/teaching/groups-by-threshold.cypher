// groups-by-threshold: how many groups the recipe would make at stricter thresholds, and how large the largest is
// mode: read
// param thresholds LIST<FLOAT>: distances under which a SAME counts
// note: Connected components chain: at some threshold the largest group suddenly swallows its
// note: neighbours. Faces without any SAME under a threshold are not counted as groups.
// example: graphface query groups-by-threshold --param thresholds='[0.1, 0.15, 0.2, 0.3]'
UNWIND $thresholds AS threshold
OPTIONAL CALL (threshold) {
  MATCH (a:Face)-[same:SAME]->(b:Face)
  WHERE same.distance < threshold
  WITH gds.graph.project('groups-under-' + threshold, a, b, {}, {}) AS projected
  WHERE projected IS NOT NULL // there are SAME so near
  CALL gds.wcc.stream(projected.graphName) YIELD nodeId, componentId
  WITH projected.graphName AS name, componentId, count(nodeId) AS size
  WITH name, count(*) AS groups, max(size) AS largest, sum(size) AS faces
  CALL gds.graph.drop(name) YIELD graphName
  RETURN groups, largest, faces
}
RETURN threshold, coalesce(groups, 0) AS groups, coalesce(largest, 0) AS largest,
       coalesce(faces, 0) AS faces
ORDER BY threshold
