"""Draw pictures: boxes and names, contact sheets, layouts. Does not use the database."""
