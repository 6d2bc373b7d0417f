// forgotten-photos: pictures in which somebody was forgotten; ingest does not look at them again
// mode: read
// example: graphface query forgotten-photos
MATCH (photo:Photo)
WHERE photo.forgottenAt IS NOT NULL
RETURN photo.id AS photo, photo.size AS size
UNION ALL
MATCH (mark:Forgotten) // of a photo that was deleted too
RETURN mark.id AS photo, mark.size AS size
