// mark-undone: these changes were taken back
// mode: write
// param numbers LIST<INTEGER>: numbers of changes
// example: graphface undo
MATCH (change:Change)
WHERE change.number IN $numbers
SET change.undoneAt = datetime()
