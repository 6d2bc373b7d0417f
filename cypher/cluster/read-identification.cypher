// read-identification: what the evidence of `who` counts, if `graphface calibrate` learnt it here
// mode: read
// example: graphface query read-identification
MATCH (space:Space {id: 'space'})
WHERE space.identification IS NOT NULL
RETURN space.identification AS weights
