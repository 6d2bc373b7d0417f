// lone-faces: poor faces that are alone, the poorest first: of nobody, or of a person without a name and another face
// mode: read
// param quality FLOAT: only faces of less quality
// param limit INTEGER: how many at most
// note: Faces that linking has not seen may still be somebody's. So may all faces before the first
// note: clustering, when there are no persons.
// example: graphface ignore --below-quality 0.3
MATCH (face:Face)
WHERE face.quality < $quality AND face.linkedUnder IS NOT NULL AND face.source IS NULL
  AND EXISTS { (:Person) }
  AND NOT EXISTS {
    (face)-[belongs:BELONGS_TO]->(person:Person)
    WHERE belongs.source <> 'cluster' OR person.name IS NOT NULL
       OR COUNT { (person)<-[:BELONGS_TO]-() } > 1
  }
RETURN face.id AS face, face.quality AS quality
ORDER BY quality, face
LIMIT $limit
