"""The session coach: agendas, feedback and themes for reverse mentoring programs."""
