// read-faces: every face with its embedding, and the threshold under which its SAME are complete
// mode: read
// example: graphface link
MATCH (f:Face)
RETURN f.id AS id, f.embedding AS embedding, f.linkedUnder AS under
