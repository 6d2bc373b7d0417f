// faces-to-keep-apart: the faces of a person from one face's point of view, the nearest first
// mode: read
// param face STRING: id of the face
// param person STRING: id of the person
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// example: graphface reject FACE 3
MATCH (face:Face {id: $face})
CALL (face) {
  MATCH (:Person {id: $person})<-[belongs:BELONGS_TO]-(other:Face)
  WHERE other <> face
  RETURN belongs, other
}
WITH belongs, other, face,
     CASE
       WHEN face.embedding IS NULL OR other.embedding IS NULL THEN null
       WHEN $metric = 'euclidean' THEN gds.similarity.euclideanDistance(face.embedding, other.embedding)
       WHEN $metric = 'cosine' THEN 1 - gds.similarity.cosine(face.embedding, other.embedding)
       ELSE sqrt(2 * abs(1 - gds.similarity.cosine(face.embedding, other.embedding)))
     END AS distance
RETURN other.id AS face, belongs.source <> 'cluster' AS decided, distance
ORDER BY distance, face
