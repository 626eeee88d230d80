"""What the service does when the machine, its database, its index or its model fails: real processes, on loopback."""
