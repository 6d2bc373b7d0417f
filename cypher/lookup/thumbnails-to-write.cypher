// thumbnails-to-write: faces whose thumbnail is not the URL it should be; none is for faces of hidden persons
// mode: read
// param address STRING: where the thumbnails are served, without a slash at the end
// example: graphface query thumbnails-to-write --param address=http://127.0.0.1:7475
MATCH (face:Face)
WITH face,
     CASE WHEN face.x IS NOT NULL AND face.id =~ '[\\w.-]+'
           AND NOT EXISTS { (face)-[:BELONGS_TO]->(person:Person)
                            WHERE coalesce(person.hidden, false) }
          THEN $address + '/faces/' + face.id + '.jpg' END AS thumbnail
WHERE coalesce(face.thumbnail, '') <> coalesce(thumbnail, '')
RETURN face.id AS face, thumbnail
