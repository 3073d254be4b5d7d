"""Who gets which task: the planner's question from the tables, its answer shown first, then applied."""
