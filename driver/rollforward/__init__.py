"""Exact, cumulative, daily snapshots of broker accounts, computed inside PostgreSQL."""
