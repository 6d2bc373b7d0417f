// thumbnails-of-people: who is who: persons with a link to the picture of their best face
// mode: read
// note: The links work while `graphface browse` runs, which writes them.
// example: graphface query thumbnails-of-people
MATCH (person:Person)
WHERE person.thumbnail IS NOT NULL
RETURN person.number AS number, person.name AS name, person.thumbnail AS thumbnail
ORDER BY number
