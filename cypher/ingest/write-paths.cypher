// write-paths: where photos lie; the same picture in two places is one photo with two paths
// mode: write
// param photos LIST<MAP>: photo, paths, modified (nanoseconds, one for each path); a photo once
// example: graphface ingest photos/
UNWIND $photos AS row
MATCH (p:Photo {id: row.photo})
WITH p, row, [i IN range(0, size(p.paths) - 1) WHERE NOT p.paths[i] IN row.paths] AS others
SET p.modified = [i IN others | p.modified[i]] + row.modified,
    p.paths = [i IN others | p.paths[i]] + row.paths
