// stats: how much of everything the graph holds
// mode: read
// example: graphface query stats
RETURN COUNT { (:Photo) } AS photos,
       COUNT { (p:Photo) WHERE NOT EXISTS { (p)-[:HAS_FACE]->() } } AS photosWithoutFace,
       COUNT { (:Face) } AS faces,
       COUNT { ()-[:SAME]->() } AS same,
       COUNT { (:Person) } AS people,
       COUNT { (p:Person) WHERE p.name IS NOT NULL } AS named,
       COUNT { (f:Face) WHERE NOT EXISTS { (f)-[:BELONGS_TO]->() } } AS facesWithoutPerson,
       COUNT { (:IgnoredFace) } AS ignoredFaces
