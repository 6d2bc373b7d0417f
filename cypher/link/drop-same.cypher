// drop-same: take SAME relationships away
// mode: write
// param pairs LIST<LIST<STRING>>: the ids of two faces, the smaller first
// example: graphface link --max-neighbors 50
UNWIND $pairs AS pair
MATCH (:Face {id: pair[0]})-[same:SAME]->(:Face {id: pair[1]})
DELETE same
RETURN count(*) AS removed
