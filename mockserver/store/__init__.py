"""State of a sandbox: tables, indexes, units of work, snapshots."""
