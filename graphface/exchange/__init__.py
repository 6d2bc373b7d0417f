"""What goes out to other tools and comes back: files of names and regions, tables, backups."""
