// import-index-progress: how far the vector index on Face.embedding is built
// mode: read
// example: graphface query import-index-progress
SHOW VECTOR INDEXES YIELD name, state, populationPercent
WHERE name = 'face_embedding'
RETURN state, populationPercent AS percent
