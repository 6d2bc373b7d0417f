// write-name-keys: what all spellings of a name have in common, beside each name
// mode: write
// param rows LIST<MAP>: id, key
// example: graphface query write-name-keys -p rows='[]'
UNWIND $rows AS row
MATCH (person:Person {id: row.id})
SET person.nameKey = row.key
