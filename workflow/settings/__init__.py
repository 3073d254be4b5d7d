"""What a project may change daily without changing truth: one table of settings, what each takes, how it is read."""
