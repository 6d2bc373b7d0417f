"""What `browse` serves on this machine: faces and the graph in a web browser."""
