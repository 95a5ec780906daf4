"""State that outlives the process: a file of changes, and the sandboxes made of it again."""
