// forget-changes: changes in the history that speak of a person, under any of its ids, or of one of these faces
// mode: write
// param persons LIST<STRING>: ids of the person, and of those that were merged into it
// param faces LIST<STRING>: ids of faces
// param pattern STRING: a regular expression for the person's name, or an empty text
// example: graphface forget 3
MATCH (change:Change)
WHERE any(id IN $persons WHERE id IN change.persons OR change.before CONTAINS '"' + id + '"'
                               OR change.after CONTAINS '"' + id + '"')
   OR any(face IN change.faces WHERE face IN $faces)
   OR ($pattern <> '' AND any(key IN ['text', 'before', 'after'] WHERE change[key] =~ $pattern))
WITH change, change.number AS number
DETACH DELETE change
RETURN number
ORDER BY number
