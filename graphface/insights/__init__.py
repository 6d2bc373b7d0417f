"""Questions to the graph: why, what may be wrong, who is with whom. Writes no person."""
