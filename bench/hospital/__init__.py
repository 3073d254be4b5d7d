"""A hospital reads a study, as a model: people, cases and time are made up; who gets what the real code says."""
