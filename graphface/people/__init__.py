"""What a person decides: names, merges, splits, registers, forgets, and takes back."""
