"""Datasets on the pages of managers, who compose and lock them, and of auditors, who look."""
