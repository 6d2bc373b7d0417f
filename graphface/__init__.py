"""A folder of photos becomes a graph of people in Neo4j."""

__version__ = "0.1.0"
