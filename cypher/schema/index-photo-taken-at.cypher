// index-photo-taken-at: photos by the time they were taken
// mode: auto
// example: graphface query index-photo-taken-at
CREATE INDEX photo_taken_at IF NOT EXISTS FOR (p:Photo) ON (p.takenAt)
