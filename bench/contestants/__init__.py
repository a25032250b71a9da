"""Who is measured. What a contestant computes outside the database is done on one core, as it is inside."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is imported
os.environ.setdefault("POLARS_MAX_THREADS", "1")  # and this when polars is
