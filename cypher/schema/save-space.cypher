// save-space: pin how the embeddings of this graph are made
// mode: write
// param space MAP: model, detector, alignment, dimensions, metric, threshold, version, file
// example: graphface ingest photos/
MERGE (s:Space {id: 'space'})
ON CREATE SET s.nextPerson = 1
SET s += $space
