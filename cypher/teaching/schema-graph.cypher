// schema-graph: the labels and relationship types of this graph and how they meet, to look at in Neo4j Browser
// mode: read
// example: graphface query schema-graph --show
CALL db.schema.visualization() YIELD nodes, relationships
RETURN nodes, relationships
