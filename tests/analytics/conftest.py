from tests.support.fixtures import ledger, ledger_connection

__all__ = ["ledger", "ledger_connection"]
