"""SAME graph -> persons."""
