"""Folder -> faces -> graph."""
