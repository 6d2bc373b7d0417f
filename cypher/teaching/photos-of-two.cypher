// photos-of-two: the photos in which two people meet, with both faces, to look at in Neo4j Browser
// mode: read
// param a INTEGER: number of a person
// param b INTEGER: number of the other one
// note: together-photos lists the same photos, of two or more people, as a table.
// example: graphface query photos-of-two --param a=1 --param b=2
MATCH (a:Person {number: $a})<-[ofA:BELONGS_TO]-(faceA:Face)<-[hasA:HAS_FACE]-(photo:Photo)
MATCH (photo)-[hasB:HAS_FACE]->(faceB:Face)-[ofB:BELONGS_TO]->(b:Person {number: $b})
RETURN a, ofA, faceA, hasA, photo, hasB, faceB, ofB, b
ORDER BY photo.takenAt, photo.id
