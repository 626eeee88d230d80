"""The routes, one module an aggregate."""
