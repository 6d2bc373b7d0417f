// find-traces: every property of every node that holds one of these ids, or speaks of one
// mode: read
// param ids LIST<STRING>: ids of faces
// param persons LIST<STRING>: ids of a person
// param pattern STRING: a regular expression for a name, or an empty text
// example: graphface forget 3
MATCH (n)
UNWIND [key IN keys(n) WHERE key <> 'embedding'] AS key
WITH n, key, n[key] AS value
WITH n, key, CASE WHEN value IS :: STRING NOT NULL THEN [value]
                  WHEN value IS :: LIST<STRING NOT NULL> THEN value
                  ELSE [] END AS texts
WHERE any(text IN texts WHERE text IN $ids)
   OR (n:Change AND any(text IN texts WHERE any(id IN $ids[..100] WHERE text CONTAINS id)))
   OR ((n:Change OR n:Person) AND any(text IN texts
        WHERE text IN $persons OR any(id IN $persons WHERE text CONTAINS '"' + id + '"')))
   OR ($pattern <> '' AND any(text IN texts WHERE text =~ $pattern))
RETURN labels(n)[0] AS label, key, texts[0] AS value,
       NOT any(text IN texts WHERE text IN $ids OR text IN $persons) AS named
