// graph-of-people: persons, their faces and the SAME between them, to look at in Neo4j Browser
// mode: read
// example: graphface query graph-of-people --show
MATCH (person:Person)<-[belongs:BELONGS_TO]-(face:Face)
OPTIONAL MATCH (face)-[same:SAME]->(other:Face)
RETURN person, belongs, face, same, other
LIMIT 300
