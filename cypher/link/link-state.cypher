// link-state: how the SAME of this graph were found, and whether a run is under way or was cut off
// mode: read
// example: graphface query link-state
MATCH (s:Space {id: 'space'})
RETURN s.linkedMetric AS metric, s.linkedNeighbors AS neighbors,
       coalesce(s.linkedExactly, true) AS exactly, s.linking AS run
