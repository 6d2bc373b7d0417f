"""Ingest: from folders to faces to the graph."""
