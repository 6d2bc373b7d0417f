// restore-end: the restore is whole
// mode: write
// example: graphface restore faces.backup
MATCH (mark:Restoring)
DELETE mark
