// list-vector-indexes: the vector index on Face.embedding and how it is set up
// mode: read
// example: graphface query list-vector-indexes
SHOW VECTOR INDEXES YIELD name, state, options
WHERE name = 'face_embedding'
RETURN name, state,
       options.indexConfig['vector.dimensions'] AS dimensions,
       toLower(options.indexConfig['vector.similarity_function']) AS similarity
