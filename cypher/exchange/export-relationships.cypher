// export-relationships: what joins persons, photos and faces
// mode: read
// example: graphface export people.graphml --to graphml
MATCH (a:Photo|Face|Person)-[r:HAS_FACE|BELONGS_TO|SAME|NOT_SAME|APPEARS_WITH]->(b)
RETURN type(r) AS type, labels(a)[0] AS fromLabel, a.id AS from,
       labels(b)[0] AS toLabel, b.id AS to,
       r.distance AS distance, r.source AS source, r.confidence AS confidence,
       r.photos AS photos
