"""Every example of README, docs, `--help` and docstrings: found, prepared for, run, compared."""
