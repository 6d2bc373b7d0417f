"""The embedded Neo4j: Java, jars, start, stop, status. Does not use the driver."""
