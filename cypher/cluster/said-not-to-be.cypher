// said-not-to-be: of these faces and persons, those of which somebody said that it is not that person
// mode: read
// param rows LIST<MAP>: face, person
// example: graphface cluster
UNWIND $rows AS row
MATCH (face:Face {id: row.face})-[:NOT_SAME {source: 'user'}]-(:Face)-[:BELONGS_TO]->(:Person {id: row.person})
RETURN DISTINCT row.face AS face, row.person AS person
