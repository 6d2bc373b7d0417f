"""Export to other tools and import from them: names, regions, tables, backups."""
