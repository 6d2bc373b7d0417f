// index-photo-path: photos by where they lay first, or by how that path ends
// mode: auto
// note: A text index: a range index takes no path of more than 8 kB.
// example: graphface query index-photo-path
CREATE TEXT INDEX photo_path IF NOT EXISTS FOR (p:Photo) ON (p.path)
