// gds-version: the version of Graph Data Science on this server
// mode: read
// example: graphface query gds-version
RETURN gds.version() AS version
