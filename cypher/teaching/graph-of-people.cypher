// graph-of-people: persons, their faces and the SAME between them, to look at in Neo4j Browser
// mode: read
// note: The first picture to look at: `MATCH` finds the persons with their faces, `LIMIT` keeps a
// note: large album from filling the screen. person-graph shows one person whole.
// example: graphface query graph-of-people --show
MATCH (person:Person)<-[belongs:BELONGS_TO]-(face:Face)
OPTIONAL MATCH (face)-[same:SAME]->(other:Face)
RETURN person, belongs, face, same, other
LIMIT 300
