// same-degrees: how many faces have how many SAME (the degree distribution)
// mode: read
// note: Faces with none are on their own: profiles, strangers, blurs. A long tail on the right is
// note: somebody with many pictures, or a face that is near to everybody.
// example: graphface query same-degrees
MATCH (face:Face)
WITH COUNT { (face)-[:SAME]-() } AS links
RETURN links, count(*) AS faces
ORDER BY links
