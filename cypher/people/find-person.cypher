// find-person: persons by id, number or name (upper and lower case alike)
// mode: read
// param text STRING: p17, 17 or a name
// example: graphface query find-person --param text=Ada
MATCH (person:Person)
WHERE person.id = $text OR toString(person.number) = $text
   OR toLower(person.name) = toLower($text)
RETURN person.id AS id, person.number AS number, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces,
       person.name = $text AS exact
ORDER BY number
