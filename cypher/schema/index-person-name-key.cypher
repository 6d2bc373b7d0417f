// index-person-name-key: persons by what all spellings of their name have in common
// mode: auto
// example: graphface query index-person-name-key
CREATE INDEX person_name_key IF NOT EXISTS FOR (p:Person) ON (p.nameKey)
