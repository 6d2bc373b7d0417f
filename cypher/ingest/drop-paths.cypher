// drop-paths: files that now hold another picture no longer count as copies of the old one
// mode: write
// param files LIST<MAP>: photo, path
// example: graphface ingest photos/
UNWIND $files AS row
MATCH (p:Photo {id: row.photo})
WITH p, [i IN range(0, size(p.paths) - 1) WHERE p.paths[i] <> row.path] AS others
SET p.modified = [i IN others | p.modified[i]],
    p.paths = [i IN others | p.paths[i]]
