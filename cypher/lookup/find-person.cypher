// find-person: persons by id, number or name (upper and lower case alike)
// mode: read
// param text STRING: p17, 17 or a name
// example: graphface query find-person --param text=Ada
CALL () {
  MATCH (person:Person {id: $text})
  RETURN person
  UNION
  MATCH (person:Person {number: toIntegerOrNull($text)})
  WHERE toString(person.number) = $text
  RETURN person
  UNION
  MATCH (person:Person {name: $text})
  RETURN person
}
WITH collect(person) AS found
CALL (found) {
  UNWIND found AS person
  RETURN person
  UNION ALL
  WITH size(found) AS known WHERE known = 0 // only then by a look at every name
  MATCH (person:Person)
  WHERE toLower(person.name) = toLower($text)
  RETURN person
}
RETURN person.id AS id, person.number AS number, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces,
       person.name = $text AS exact
ORDER BY number
