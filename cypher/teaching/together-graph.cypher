// together-graph: who is in photos with whom, to look at in Neo4j Browser (after update-appears-with)
// mode: read
// param minPhotos INTEGER: leave out pairs with fewer photos
// note: `graphface together` writes APPEARS_WITH when something changed; `graphface query
// note: update-appears-with` does it by hand.
// example: graphface query together-graph --param minPhotos=2
MATCH (a:Person)-[met:APPEARS_WITH]->(b:Person)
WHERE met.photos >= $minPhotos
RETURN a, met, b
