"""Questions to the graph: who is this, why, where, and what may be wrong. Writes no person."""
