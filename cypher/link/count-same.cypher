// count-same: how many pairs of faces are SAME
// mode: read
// example: graphface query count-same
MATCH ()-[same:SAME]->()
RETURN count(same) AS pairs
