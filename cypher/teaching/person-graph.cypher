// person-graph: one person with all faces, the SAME and NOT_SAME between them and their photos
// mode: read
// param number INTEGER: the number that `graphface people` shows
// note: To look at in Neo4j Browser. A person held together by one thin line of SAME may be two
// note: people.
// example: graphface query person-graph --param number=1
MATCH (person:Person {number: $number})<-[belongs:BELONGS_TO]-(face:Face)
OPTIONAL MATCH (face)<-[has:HAS_FACE]-(photo:Photo)
OPTIONAL MATCH (face)-[link:SAME|NOT_SAME]->(other:Face)
WHERE EXISTS { (other)-[:BELONGS_TO]->(person) }
RETURN person, belongs, face, has, photo, link, other
