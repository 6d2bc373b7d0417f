// forget-thumbnails: take off persons the thumbnails that show one of these faces
// mode: write
// param faces LIST<STRING>: ids of faces
// example: graphface forget 3
MATCH (person:Person)
WHERE person.thumbnail IS NOT NULL
  AND replace(last(split(person.thumbnail, '/')), '.jpg', '') IN $faces
REMOVE person.thumbnail
