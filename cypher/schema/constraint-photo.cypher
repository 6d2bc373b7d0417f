// constraint-photo: one Photo node a picture, found by the SHA-256 of its bytes
// mode: auto
// example: graphface query constraint-photo
CREATE CONSTRAINT photo_id IF NOT EXISTS FOR (p:Photo) REQUIRE p.id IS UNIQUE
