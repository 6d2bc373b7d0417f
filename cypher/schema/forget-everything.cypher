// forget-everything: delete every node and relationship, in portions that fit into memory
// mode: auto
// example: graphface db reset
MATCH (n)
CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS
