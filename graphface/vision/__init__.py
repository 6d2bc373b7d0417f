"""From pictures to faces: decode, detect, align, judge, embed. Does not use the database."""
