"""What a person decides: selectors, names, merges, splits, registers, reviews, forgets, undo."""
