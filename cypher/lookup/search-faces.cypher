// search-faces: the faces nearest to an embedding of those that pass all filters, distances by GDS
// mode: read
// param embedding LIST<FLOAT>: the embedding to look up
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// param candidates INTEGER: how many faces the vector index is asked for; null: look at all faces
// param top INTEGER: how many faces to return
// param threshold FLOAT: only faces nearer than this; null: all
// param people LIST<STRING>: only faces of one of these persons (ids); null: of anybody
// param together LIST<STRING>: only photos on which each of these persons (ids) is too
// param after LOCAL DATETIME: only photos taken then or later; null: at any time
// param before LOCAL DATETIME: only photos taken before; null: at any time
// param latitude FLOAT: degrees, with the two that follow
// param longitude FLOAT: degrees
// param metres FLOAT: only photos taken so near to that place; null: anywhere
// param folders LIST<STRING>: only photos with a path that starts with one of these; null: all
// param width INTEGER: only faces at least so wide, in pixels
// note: graphface search --where puts its condition on f and p where `true` stands with a comment
// example: graphface search QUERY.png --top 10 --after 2019-01-01 --with Bob
CALL () {
  WITH $candidates AS candidates WHERE candidates IS NULL
  MATCH (f:Face)
  RETURN f
  UNION ALL
  WITH $candidates AS candidates WHERE candidates IS NOT NULL
  CALL db.index.vector.queryNodes('face_embedding', candidates, $embedding) YIELD node
  RETURN node AS f
}
OPTIONAL MATCH (p:Photo)-[:HAS_FACE]->(f)
WITH f, p
WHERE coalesce(f.width, $width) >= $width
  AND ($after IS NULL OR p.takenAt >= $after)
  AND ($before IS NULL OR p.takenAt < $before)
  AND ($metres IS NULL OR point.distance(
        p.location, point({latitude: $latitude, longitude: $longitude})) <= $metres)
  AND ($folders IS NULL OR any(path IN p.paths WHERE
        any(folder IN $folders WHERE path STARTS WITH folder)))
  AND ($people IS NULL OR any(id IN $people WHERE EXISTS { (f)-[:BELONGS_TO]->(:Person {id: id}) }))
  AND all(id IN $together WHERE EXISTS {
        (p)-[:HAS_FACE]->(other:Face WHERE other <> f)-[:BELONGS_TO]->(:Person {id: id}) })
  AND true /* predicate */
WITH f, p,
     CASE $metric
       WHEN 'euclidean' THEN gds.similarity.euclideanDistance(f.embedding, $embedding)
       WHEN 'cosine' THEN 1 - gds.similarity.cosine(f.embedding, $embedding)
       ELSE sqrt(2 * abs(1 - gds.similarity.cosine(f.embedding, $embedding)))
     END AS distance
WHERE $threshold IS NULL OR distance < $threshold
WITH f, p, distance
ORDER BY distance, f.id
LIMIT $top
OPTIONAL MATCH (f)-[:BELONGS_TO]->(person:Person)
RETURN f.id AS face, distance, p.id AS photo, p.takenAt AS takenAt,
       CASE WHEN $folders IS NULL THEN coalesce(p.paths[0], p.path)
            ELSE [path IN p.paths WHERE any(folder IN $folders WHERE path STARTS WITH folder)][0]
       END AS path,
       CASE WHEN f.width IS NULL THEN null ELSE [f.x, f.y, f.width, f.height, coalesce(f.rotation, 0)] END AS box,
       person.number AS number, person.name AS name
ORDER BY distance, face
