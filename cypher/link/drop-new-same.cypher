// drop-new-same: SAME of faces that linking has not seen, or whose embedding changed since
// mode: auto
// example: graphface link
MATCH (f:Face)
WHERE f.linkedUnder IS NULL
MATCH (f)-[same:SAME]-()
WITH DISTINCT same
CALL (same) { DELETE same } IN TRANSACTIONS OF 20000 ROWS
RETURN count(*) AS removed
