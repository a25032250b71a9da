"""The report of a benchmark: on the terminal, as JSON, and as a page."""
