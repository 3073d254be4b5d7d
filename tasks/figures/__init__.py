"""The figures of a project's overview: counted by a job, kept with their age."""
