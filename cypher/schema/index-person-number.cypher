// index-person-number: persons by the number that people type
// mode: auto
// example: graphface query index-person-number
CREATE INDEX person_number IF NOT EXISTS FOR (p:Person) ON (p.number)
