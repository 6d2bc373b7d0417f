// import-known: how many faces there are, and how many of these
// mode: read
// param ids LIST<STRING>: ids of faces
// example: graphface query import-known --param ids='[]'
RETURN COUNT { (:Face) } AS faces,
       COUNT { UNWIND $ids AS id MATCH (:Face {id: id}) } AS known
