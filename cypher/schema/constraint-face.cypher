// constraint-face: one Face node a face, found by its id
// mode: auto
// example: graphface query constraint-face
CREATE CONSTRAINT face_id IF NOT EXISTS FOR (f:Face) REQUIRE f.id IS UNIQUE
