// write-person-thumbnails: each person's thumbnail is that of the best of its faces; hidden persons have none
// mode: write
// example: graphface browse
MATCH (person:Person)
WITH person, CASE WHEN NOT coalesce(person.hidden, false) THEN head(COLLECT {
       MATCH (person)<-[:BELONGS_TO]-(face:Face)
       WHERE face.thumbnail IS NOT NULL
       RETURN face.thumbnail
       ORDER BY coalesce(face.quality, 0.0) DESC, face.id
       LIMIT 1
     }) END AS thumbnail
WHERE coalesce(person.thumbnail, '') <> coalesce(thumbnail, '')
SET person.thumbnail = thumbnail
RETURN count(*) AS persons
