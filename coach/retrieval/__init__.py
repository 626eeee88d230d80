"""Reading the knowledge library, embedding it, and finding passages in it."""
