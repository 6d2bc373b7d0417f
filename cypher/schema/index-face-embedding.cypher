// index-face-embedding: faces by nearness of their embeddings, approximate, for lookups
// mode: auto
// param dimensions INTEGER: length of the embeddings
// param similarity STRING: 'euclidean' or 'cosine'
// example: graphface query index-face-embedding --param dimensions=128 --param similarity=euclidean
CREATE VECTOR INDEX face_embedding IF NOT EXISTS FOR (f:Face) ON (f.embedding)
OPTIONS {indexConfig: {`vector.dimensions`: $dimensions, `vector.similarity_function`: $similarity}}
