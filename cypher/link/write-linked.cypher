// write-linked: all SAME of these faces under the threshold are there
// mode: write
// param run STRING: the run that says so; nothing is written when another one took over
// param ids LIST<STRING>: the faces
// param threshold FLOAT: the threshold
// example: graphface link
MATCH (:Space {id: 'space', linking: $run})
UNWIND $ids AS id
MATCH (f:Face {id: id})
SET f.linkedUnder = $threshold
RETURN count(*) AS linked
