// photo-graph: one photo with its faces and who they are, to look at in Neo4j Browser
// mode: read
// param path STRING: path of the photo as first ingested, or how it ends
// example: graphface query photo-graph --param path=party.jpg
MATCH (photo:Photo)
WHERE photo.path ENDS WITH $path
OPTIONAL MATCH (photo)-[has:HAS_FACE]->(face:Face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN photo, has, face, belongs, person
