"""Bulk operations on persons, accounts, instruments, movements and prices.

Rows are mappings from column to value. Everything is decided by the database's functions; here, values are
brought into the types that those take, and sent: as arrays, or by COPY when there are many.
"""
