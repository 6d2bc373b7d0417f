// unignore-faces: ignored faces that are faces like others again; the next link finds their SAME
// mode: write
// param faces LIST<STRING>: ids of faces
// example: graphface unignore FACE
UNWIND $faces AS id
MATCH (face:IgnoredFace {id: id})
REMOVE face:IgnoredFace
SET face:Face
RETURN count(*) AS back
