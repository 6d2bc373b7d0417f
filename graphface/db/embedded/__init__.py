"""The embedded Neo4j: Java, jars, start, stop, status. Knows no driver."""
