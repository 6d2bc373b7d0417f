// constraint-space: one Space node a graph: how its embeddings were made
// mode: auto
// example: graphface query constraint-space
CREATE CONSTRAINT space_id IF NOT EXISTS FOR (s:Space) REQUIRE s.id IS UNIQUE
