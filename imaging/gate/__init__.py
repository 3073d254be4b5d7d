"""The quality gate: which series a manager must look at before it becomes a case, and why."""
