// write-thumbnails: the URLs at which faces are shown; null takes one away
// mode: write
// param rows LIST<MAP>: face, thumbnail
// example: graphface browse
UNWIND $rows AS row
MATCH (face:Face {id: row.face})
SET face.thumbnail = row.thumbnail
