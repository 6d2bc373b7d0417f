// mark-all-linked: all SAME under the threshold are there, of every face
// mode: auto
// param threshold FLOAT: the threshold
// example: graphface link --method cypher
MATCH (f:Face)
CALL (f) { SET f.linkedUnder = $threshold } IN TRANSACTIONS OF 20000 ROWS
