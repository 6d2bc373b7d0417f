// review-progress: how many faces belong to somebody with a name
// mode: read
// example: graphface query review-progress
MATCH (face:Face)
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN count(DISTINCT CASE WHEN person.name IS NOT NULL THEN face END) AS named,
       count(DISTINCT face) AS faces
