// drop-index-face-embedding: drop the vector index, to build it anew for another metric
// mode: auto
// example: graphface query drop-index-face-embedding
DROP INDEX face_embedding IF EXISTS
