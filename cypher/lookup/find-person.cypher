// find-person: the person of this id or number
// mode: read
// param text STRING: p17 or 17
// example: graphface query find-person --param text=17
CALL () {
  MATCH (person:Person {id: $text})
  RETURN person
  UNION
  MATCH (person:Person {number: toIntegerOrNull($text)})
  WHERE toString(person.number) = $text
  RETURN person
}
RETURN person.id AS id, person.number AS number, person.name AS name,
       COUNT { (person)<-[:BELONGS_TO]-() } AS faces
