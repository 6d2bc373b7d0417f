// chain-of-people: the shortest chain of SAME from a face of one person to a face of another, with its distances
// mode: read
// param a INTEGER: number of a person
// param b INTEGER: number of the other one
// note: Why two persons might be one, or why a clustering that chains would make them one. No row:
// note: nothing joins them. `graphface explain` weighs the evidence.
// example: graphface query chain-of-people --param a=1 --param b=2
MATCH path = ANY SHORTEST (:Person {number: $a})<-[:BELONGS_TO]-(:Face)
  (()-[:SAME]-())+
  (:Face)-[:BELONGS_TO]->(:Person {number: $b})
RETURN [n IN nodes(path) WHERE n:Face | n.id] AS faces,
       [r IN relationships(path) WHERE type(r) = 'SAME' | r.distance] AS distances,
       [n IN nodes(path) WHERE n:Face | head(COLLECT {
         MATCH (n)-[:BELONGS_TO]->(p:Person) RETURN coalesce(p.name, 'person ' + toString(p.number))
       })] AS people
