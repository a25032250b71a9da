"""The embedded PostgreSQL: a server of the user's own, on a socket of its own, started when needed.

* ``server``      use it, keep it running, stop it, or have a temporary one: what others call
* ``keeper``      the process that owns a server and ends it when nobody uses it any more
* ``control``     the words between the two
* ``postmaster``  starting and stopping PostgreSQL itself
* ``cluster``     making the data directory
* ``layout``      what lies where in it
* ``binaries``    finding the programs
* ``run_as``      running them as root
"""
