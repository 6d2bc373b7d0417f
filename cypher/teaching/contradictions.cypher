// contradictions: faces that somebody said are two people, and that two SAME at most join nevertheless
// mode: read
// note: The nearer such a pair, the more a clustering needs the NOT_SAME to keep them apart. To
// note: look at in Neo4j Browser.
// example: graphface query contradictions
MATCH (a:Face)-[said:NOT_SAME]->(b:Face)
MATCH path = ALL SHORTEST (a)(()-[:SAME]-()){1,2}(b)
RETURN a, said, b, path
ORDER BY length(path), a.id, b.id
