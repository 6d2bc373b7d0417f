// cluster-faces: every face with its embedding, its quality and its photo
// mode: read
// example: graphface cluster
MATCH (face:Face)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
RETURN face.id AS id, face.embedding AS embedding, face.quality AS quality, min(photo.id) AS photo
