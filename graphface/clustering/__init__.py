"""Clustering: from the SAME graph to persons."""
