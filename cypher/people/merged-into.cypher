// merged-into: persons that are gone because they were merged into one of these
// mode: read
// param persons LIST<STRING>: ids of persons
// example: graphface forget 3
MATCH (change:Change)
WHERE change.what IN ['merge', 'review'] AND change.undoneAt IS NULL
  AND any(id IN $persons WHERE id IN change.persons)
UNWIND change.persons AS id
WITH DISTINCT id
WHERE NOT id IN $persons AND NOT EXISTS { (:Person {id: id}) }
RETURN id AS person
