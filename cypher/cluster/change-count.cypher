// change-count: how many changes people made, and how many of them were taken back
// mode: read
// example: graphface query change-count
MATCH (change:Change)
RETURN count(*) AS made, count(change.undoneAt) AS undone
