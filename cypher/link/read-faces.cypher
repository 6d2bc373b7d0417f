// read-faces: every face with its embedding, and the threshold under which its SAME are complete
// mode: read
// param at_once INTEGER: faces in a row; a row each would cost more to send than the numbers in it
// example: graphface query read-faces --param at_once=100
MATCH (f:Face)
WITH collect(f) AS faces
UNWIND range(0, size(faces) - 1, $at_once) AS start
WITH faces[start..start + $at_once] AS some
RETURN [f IN some | f.id] AS ids, [f IN some | f.embedding] AS embeddings,
       [f IN some | coalesce(f.linkedUnder, 0.0)] AS under
