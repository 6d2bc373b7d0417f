// index-person-name: persons by name
// mode: auto
// example: graphface query index-person-name
CREATE TEXT INDEX person_name IF NOT EXISTS FOR (p:Person) ON (p.name)
