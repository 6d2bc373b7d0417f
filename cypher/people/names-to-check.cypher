// names-to-check: persons whose key may not be that of their name: it was changed by hand, or folds unlike toLower
// mode: read
// example: graphface query names-to-check
MATCH (person:Person)
WHERE person.name IS NOT NULL
  AND (person.nameKey IS NULL OR person.nameKey <> toLower(person.name))
RETURN person.id AS id, person.number AS number, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces
ORDER BY number
