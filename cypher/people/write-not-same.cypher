// write-not-same: two faces are two people, or that is no longer said (source null)
// mode: write
// param rows LIST<MAP>: a, b (ids of faces, the smaller first), source
// example: graphface reject FACE 3
UNWIND $rows AS row
MATCH (a:Face {id: row.a})
MATCH (b:Face {id: row.b})
FOREACH (yes IN CASE WHEN row.source IS NULL THEN [] ELSE [1] END |
  MERGE (a)-[said:NOT_SAME]-(b)
  SET said.source = row.source)
WITH row, a, b
WHERE row.source IS NULL
MATCH (a)-[said:NOT_SAME]-(b)
DELETE said
