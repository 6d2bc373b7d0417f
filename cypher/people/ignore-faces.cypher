// ignore-faces: faces that take part in nothing from here on; they are found by their id alone
// mode: write
// param faces LIST<STRING>: ids of faces
// example: graphface ignore FACE
UNWIND $faces AS id
MATCH (face:Face {id: id})
OPTIONAL MATCH (face)-[same:SAME]-()
DELETE same
WITH DISTINCT face
REMOVE face:Face, face.linkedUnder, face.thumbnail // should it come back, it is new to linking
SET face:IgnoredFace
RETURN count(*) AS ignored
