// save-identification: keep what the evidence of `who` counts on this graph
// mode: write
// param weights LIST<FLOAT>: nearest, middle, probe crowd, person crowd, constant, least crowds (2), twin
// example: graphface calibrate
MATCH (space:Space {id: 'space'})
SET space.identification = $weights
