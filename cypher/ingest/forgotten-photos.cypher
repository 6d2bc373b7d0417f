// forgotten-photos: pictures in which somebody was forgotten; ingest does not look at them again
// mode: read
// example: graphface query forgotten-photos
MATCH (photo)
WHERE ('Photo' IN labels(photo) AND photo['forgottenAt'] IS NOT NULL)
   OR 'Forgotten' IN labels(photo)
RETURN photo.id AS photo, photo.size AS size
