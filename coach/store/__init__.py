"""The database: its engine and every query, one module an aggregate."""

from coach.store.engine import Store

__all__ = ["Store"]
