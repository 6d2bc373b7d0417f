// begin-link: this run links now; any other run stops at its next batch
// mode: write
// param run STRING: a name that no other run has
// example: graphface link
MATCH (s:Space {id: 'space'})
SET s.linking = $run
