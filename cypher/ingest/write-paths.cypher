// write-paths: where photos lie; the same picture in two places is one photo with two paths
// mode: write
// param files LIST<MAP>: photo, path, modified (nanoseconds)
// example: graphface ingest photos/
UNWIND $files AS row
MATCH (p:Photo {id: row.photo})
WITH p, row, [i IN range(0, size(p.paths) - 1) WHERE p.paths[i] <> row.path] AS others
SET p.modified = [i IN others | p.modified[i]] + row.modified,
    p.paths = [i IN others | p.paths[i]] + row.path
