// lower-linked: SAME are complete under this threshold only; those over it are about to go
// mode: auto
// param threshold FLOAT: the new, lower threshold
// example: graphface link --threshold 0.4
MATCH (f:Face)
WHERE f.linkedUnder > $threshold
CALL (f) { SET f.linkedUnder = $threshold } IN TRANSACTIONS OF 20000 ROWS
RETURN count(*) AS lowered
