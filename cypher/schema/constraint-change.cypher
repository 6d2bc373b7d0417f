// constraint-change: one Change node a decision of a person, by its number
// mode: auto
// example: graphface query constraint-change
CREATE CONSTRAINT change_number IF NOT EXISTS FOR (c:Change) REQUIRE c.number IS UNIQUE
