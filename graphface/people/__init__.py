"""Decisions of the user: selectors, names, merges, splits, registers, reviews, forgets, undo."""
