// constraint-ignored-face: one IgnoredFace node a face that was ignored, found by its id
// mode: auto
// example: graphface query constraint-ignored-face
CREATE CONSTRAINT ignored_face_id IF NOT EXISTS FOR (f:IgnoredFace) REQUIRE f.id IS UNIQUE
