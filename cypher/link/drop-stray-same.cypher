// drop-stray-same: SAME over the threshold of their faces, or of faces linking has not seen
// mode: auto
// example: graphface link
MATCH (a:Face)-[same:SAME]->(b:Face)
WHERE a.linkedUnder IS NULL OR b.linkedUnder IS NULL
   OR same.distance >= a.linkedUnder OR same.distance >= b.linkedUnder
CALL (same) { DELETE same } IN TRANSACTIONS OF 20000 ROWS
RETURN count(*) AS removed
