// write-persons: what is to be written on persons; those that are not there are made
// mode: write
// param persons LIST<MAP>: id, number, name, nameKey, hidden, created (ISO 8601, or null)
// example: graphface merge 3 5
UNWIND $persons AS row
MERGE (person:Person {id: row.id})
ON CREATE SET person.createdAt = coalesce(datetime(row.created), datetime())
SET person.number = row.number, person.name = row.name, person.nameKey = row.nameKey,
    person.hidden = row.hidden
