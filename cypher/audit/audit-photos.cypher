// audit-photos: perceptual hashes of photos with a face: near-identical pictures differ in few bits
// mode: read
// example: graphface query audit-photos
MATCH (photo:Photo)-[:HAS_FACE]->(face:Face)
WHERE photo.phash IS NOT NULL
RETURN photo.id AS photo, photo.phash AS phash, collect(face.id) AS faces
ORDER BY photo
