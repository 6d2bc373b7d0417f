// persons-with-faces: which of these persons have faces, how many, and whether somebody decided on any
// mode: read
// param persons LIST<STRING>: ids of persons
// example: graphface undo
UNWIND $persons AS id
MATCH (person:Person {id: id})<-[belongs:BELONGS_TO]-()
RETURN person.id AS person, person.number AS number, count(*) AS faces,
       any(source IN collect(belongs.source) WHERE source <> 'cluster') AS decided
