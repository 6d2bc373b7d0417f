// await-indexes: wait until every index answers
// mode: read
// param seconds INTEGER: how long to wait at most
// example: graphface query await-indexes --param seconds=60
CALL db.awaitIndexes($seconds)
