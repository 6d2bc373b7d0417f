"""Linking: from faces to SAME."""
