// save-calibration: keep the distance of even odds and the scale of the curve of same and different
// mode: write
// param middle FLOAT: distance at which as many pairs are the same person as not
// param scale FLOAT: how fast the odds fall with the distance
// param quality FLOAT: log odds gained where the poorer face has quality 0
// param pairs INTEGER: from how many pairs it was learned
// example: graphface calibrate
MATCH (space:Space {id: 'space'})
SET space.calibratedMiddle = $middle, space.calibratedScale = $scale,
    space.calibratedQuality = $quality, space.calibratedPairs = $pairs, space.calibratedMetric = space.metric
