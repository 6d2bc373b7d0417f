// forget-linked: treat every face as new to linking
// mode: auto
// example: graphface link --metric cosine --threshold 0.07
MATCH (f:Face)
WHERE f.linkedUnder IS NOT NULL
CALL (f) { REMOVE f.linkedUnder } IN TRANSACTIONS OF 20000 ROWS
