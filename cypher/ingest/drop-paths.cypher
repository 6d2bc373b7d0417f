// drop-paths: files that now hold another picture no longer count as copies of the old one
// mode: write
// param photos LIST<MAP>: photo, paths; a photo once
// example: graphface ingest photos/
UNWIND $photos AS row
MATCH (p:Photo {id: row.photo})
WITH p, [i IN range(0, size(p.paths) - 1) WHERE NOT p.paths[i] IN row.paths] AS others
SET p.modified = [i IN others | p.modified[i]],
    p.paths = [i IN others | p.paths[i]]
