"""The HTTP door of the session coach."""
