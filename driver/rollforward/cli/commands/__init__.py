"""One module per group of commands.

Each has ``register(subparsers)``, which adds its parsers and sets ``run`` to a handler
``(args: argparse.Namespace, context: Context) -> int`` returning the exit code. A module imports nothing but
argparse and the standard library at its top: the command line must answer ``--help`` at once.
"""
