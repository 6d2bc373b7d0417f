// count-search-faces: how many faces there are, and how many of them pass the filters of a search
// mode: read
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
MATCH (f:Face)
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
WITH count(f) AS passing
RETURN passing, COUNT { (:Face) } AS faces
