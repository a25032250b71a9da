"""``python -m rollforward``: the command line."""

import sys

from rollforward.cli import main

sys.exit(main())
