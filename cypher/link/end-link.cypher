// end-link: the run ended well
// mode: write
// param run STRING: the name given to begin-link
// example: graphface link
MATCH (s:Space {id: 'space', linking: $run})
REMOVE s.linking
