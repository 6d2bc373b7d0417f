// restore-begin: a mark that stays as long as a restore is not whole
// mode: write
// example: graphface restore faces.backup
MERGE (mark:Restoring {id: 'restoring'})
SET mark.since = datetime()
