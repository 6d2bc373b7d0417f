// import-boxes: where in their photos imported faces are
// mode: write
// param faces LIST<STRING>: ids of faces
// param boxes LIST<LIST<INTEGER>>: for each face x, y, width and height in pixels
// example: graphface import embeddings.csv --model Facenet
UNWIND range(0, size($faces) - 1) AS i
MATCH (face:Face {id: $faces[i]})
SET face.x = $boxes[i][0], face.y = $boxes[i][1],
    face.width = $boxes[i][2], face.height = $boxes[i][3]
