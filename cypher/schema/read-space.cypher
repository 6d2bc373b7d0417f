// read-space: how the embeddings of this graph were made
// mode: read
// example: graphface query read-space
MATCH (s:Space {id: 'space'})
RETURN s {.model, .detector, .alignment, .dimensions, .metric, .threshold, .version, .file} AS space
