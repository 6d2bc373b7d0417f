// known-files: every file that was read, with the photo it holds
// mode: read
// example: graphface query known-files
MATCH (p:Photo)
UNWIND range(0, size(p.paths) - 1) AS i
RETURN p.id AS photo, p.paths[i] AS path, p.modified[i] AS modified, p.size AS size
