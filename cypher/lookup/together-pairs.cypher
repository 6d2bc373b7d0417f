// together-pairs: who appears with whom, and in how many photos (after update-appears-with)
// mode: read
// param minPhotos INTEGER: leave out pairs with fewer photos
// param numbers LIST<INTEGER>: numbers of persons; at least one of a pair is among them
// example: graphface query together-pairs --param minPhotos=2 --param numbers='[1]'
MATCH (a:Person)-[met:APPEARS_WITH]->(b:Person)
WHERE met.photos >= $minPhotos
  AND (a.number IN $numbers OR b.number IN $numbers)
RETURN a.number AS a, a.name AS aName, b.number AS b, b.name AS bName, met.photos AS photos
ORDER BY photos DESC, a, b
