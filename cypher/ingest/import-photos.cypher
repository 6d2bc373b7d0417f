// import-photos: the photos in which imported faces are, by path
// mode: write
// param faces LIST<STRING>: ids of faces
// param photos LIST<STRING>: for each face, the id of its photo
// param paths LIST<STRING>: for each face, the path of its photo
// example: graphface import embeddings.npz --model Facenet
UNWIND range(0, size($faces) - 1) AS i
MATCH (face:Face {id: $faces[i]})
MERGE (photo:Photo {id: $photos[i]})
ON CREATE SET photo.path = $paths[i], photo.paths = [$paths[i]], photo.modified = [0],
              photo.ingestedAt = datetime()
WITH face, photo
WHERE NOT EXISTS { (photo)-[:HAS_FACE]->(face) }
OPTIONAL MATCH ()-[before:HAS_FACE]->(face)
DELETE before
MERGE (photo)-[:HAS_FACE]->(face)
