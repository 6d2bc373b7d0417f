// count-faces: how many faces there are, and how many whose SAME are not complete yet
// mode: read
// param threshold FLOAT: complete under this threshold
// example: graphface query count-faces --param threshold=0.45
MATCH (f:Face)
RETURN count(f) AS faces,
       count(CASE WHEN coalesce(f.linkedUnder, 0.0) < $threshold THEN 1 END) AS waiting
