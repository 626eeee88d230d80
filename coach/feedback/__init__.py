"""What people say after a meeting: told beforehand who sees it, kept apart, and read as themes."""
