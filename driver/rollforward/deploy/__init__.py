"""Deploying: bringing a database to what the SQL files say, whole or not at all.

``deploy`` is the one way in. Read ``run`` for the order of things, ``code`` for how objects are replaced or
created again, ``migrations`` for how yoyo is kept inside the transaction.
"""

from rollforward.deploy.errors import (
    BadSource,
    DatabaseIsNewer,
    DeployBlocked,
    DeployError,
    MigrationEdited,
    ObjectsInUse,
)
from rollforward.deploy.report import DeployReport
from rollforward.deploy.run import deploy

__all__ = [
    "BadSource",
    "DatabaseIsNewer",
    "DeployBlocked",
    "DeployError",
    "DeployReport",
    "MigrationEdited",
    "ObjectsInUse",
    "deploy",
]
