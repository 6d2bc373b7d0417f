"""Questions to the graph: why, what may be wrong, who is with whom. Changes no person."""
