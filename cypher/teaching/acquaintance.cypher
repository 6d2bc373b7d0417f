// acquaintance: how two people know each other: the shortest chain of photos, each with the one before and the next
// mode: read
// param a INTEGER: number of a person
// param b INTEGER: number of the other one
// note: Degrees of separation in an album. The chain alternates person, photo, person; nobody needs
// note: to have met the person at the other end.
// example: graphface query acquaintance --param a=1 --param b=2
MATCH (a:Person {number: $a})
MATCH (b:Person {number: $b})
MATCH path = ANY SHORTEST (a)
  ((:Person)<-[:BELONGS_TO]-(:Face)<-[:HAS_FACE]-(:Photo)-[:HAS_FACE]->(:Face)-[:BELONGS_TO]->(:Person)){1,6}
  (b)
RETURN length(path) / 4 AS handshakes,
       [n IN nodes(path) WHERE n:Person | coalesce(n.name, 'person ' + toString(n.number))] AS people,
       [n IN nodes(path) WHERE n:Photo | n.path] AS photos
