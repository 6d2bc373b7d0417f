// save-identification: keep what the evidence of `who` counts on this graph
// mode: write
// param weights LIST<FLOAT>: nearest, middle, probe cohort, person cohort, faces, constant, least cohorts (2), twin
// example: graphface calibrate
MATCH (space:Space {id: 'space'})
SET space.identification = $weights
