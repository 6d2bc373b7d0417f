// read-calibration: the curve that `graphface calibrate` learned, if any
// mode: read
// example: graphface query read-calibration
MATCH (space:Space {id: 'space'})
WHERE space.calibratedMiddle IS NOT NULL AND space.calibratedMetric = space.metric
RETURN space.calibratedMiddle AS middle, space.calibratedScale AS scale,
       coalesce(space.calibratedQuality, 0.0) AS quality
