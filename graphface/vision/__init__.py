"""Pictures -> faces: decode, detect, align, judge, embed. Knows no database."""
