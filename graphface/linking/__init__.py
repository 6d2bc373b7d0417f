"""Faces -> SAME."""
