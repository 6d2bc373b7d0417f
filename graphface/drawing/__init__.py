"""Pictures out: boxes and names, contact sheets, layouts. Knows no database."""
