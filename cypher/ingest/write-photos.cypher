// write-photos: photos that are new, by the SHA-256 of their bytes; known ones stay as they are
// mode: write
// param photos LIST<MAP>: id, path, size, width, height, takenAt, latitude, longitude, phash
// example: graphface ingest photos/
UNWIND $photos AS row
MERGE (p:Photo {id: row.id})
ON CREATE SET
  p.path = row.path, p.paths = [], p.modified = [], p.size = row.size,
  p.width = row.width, p.height = row.height, p.phash = row.phash,
  p.takenAt = row.takenAt,
  p.location = point({latitude: row.latitude, longitude: row.longitude}),
  p.ingestedAt = datetime()
