"""Faces and the graph in a web browser, on this machine only: what `browse` serves."""
