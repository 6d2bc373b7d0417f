// constraint-person: one Person node a person, found by its id
// mode: auto
// example: graphface query constraint-person
CREATE CONSTRAINT person_id IF NOT EXISTS FOR (p:Person) REQUIRE p.id IS UNIQUE
