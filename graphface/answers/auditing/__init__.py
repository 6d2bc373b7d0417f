"""What may be wrong in a graph of people: a module for each sort of finding."""
