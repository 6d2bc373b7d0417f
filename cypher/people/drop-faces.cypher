// drop-faces: delete faces that a change added, with all that joins them
// mode: write
// param faces LIST<STRING>: ids of faces
// example: graphface undo
UNWIND $faces AS id
MATCH (face:Face {id: id})
DETACH DELETE face
RETURN count(*) AS dropped
