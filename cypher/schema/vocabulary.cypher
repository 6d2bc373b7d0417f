// vocabulary: make the names of all labels, relationship types and properties known to the server
// mode: write
// note: A server warns of a name that it has never seen: without this, statements about what a
// note: young graph does not hold yet (NOT_SAME, APPEARS_WITH, hidden) would look wrong in Neo4j
// note: Browser. Nothing is stored but the names.
// example: graphface query vocabulary
UNWIND ['Change', 'Face', 'Forgotten', 'IgnoredFace', 'Person', 'Photo', 'Restoring', 'Space'] AS label
CALL db.createLabel(label)
WITH count(*) AS labels
UNWIND ['APPEARS_WITH', 'BELONGS_TO', 'HAS_FACE', 'NOT_SAME', 'SAME'] AS type
CALL db.createRelationshipType(type)
WITH labels, count(*) AS types
UNWIND [
  // Photo
  'id', 'path', 'paths', 'modified', 'size', 'width', 'height', 'phash', 'takenAt', 'location',
  'ingestedAt', 'forgottenAt',
  // Face
  'embedding', 'x', 'y', 'confidence', 'quality', 'landmarks', 'rotation', 'linkedUnder', 'thumbnail',
  // Person, relationships
  'number', 'name', 'nameKey', 'hidden', 'createdAt', 'distance', 'source', 'photos',
  // Change, and marks
  'what', 'text', 'moved', 'at', 'undoneAt', 'before', 'after', 'faces', 'persons', 'since',
  // Space
  'model', 'detector', 'alignment', 'dimensions', 'metric', 'threshold', 'version', 'file',
  'nextPerson', 'nextChange', 'changedAt', 'linking', 'linkedMetric', 'linkedNeighbors',
  'linkedExactly', 'calibratedMiddle', 'calibratedScale', 'calibratedQuality',
  'calibratedPairs', 'calibratedMetric', 'identification'
] AS property
CALL db.createProperty(property)
RETURN labels, types, count(*) AS properties
