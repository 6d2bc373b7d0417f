// not-same: pairs of faces that are said to be two people
// mode: read
// example: graphface query not-same
MATCH (a:Face)-[said]->(b:Face)
WHERE type(said) = 'NOT_SAME' // by text: the server warns of a type that no graph has yet
RETURN a.id AS start, b.id AS end
