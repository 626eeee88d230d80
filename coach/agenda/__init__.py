"""From a session's brief to its agenda: brief → plan → choose → write or compose → guard."""
