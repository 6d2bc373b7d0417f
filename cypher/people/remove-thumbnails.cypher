// remove-thumbnails: take the thumbnails' URLs off all faces and persons
// mode: auto
// example: graphface browse --remove-thumbnails
MATCH (n:Face|Person)
WHERE n.thumbnail IS NOT NULL
CALL (n) { REMOVE n.thumbnail } IN TRANSACTIONS OF 5000 ROWS
RETURN count(*) AS removed
