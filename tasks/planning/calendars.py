"""Working hours as the planner sees them: the project's calendar, `workflow.calendars`."""

from workflow.calendars import FARTHEST_DAYS, Calendar

__all__ = ["FARTHEST_DAYS", "Calendar"]
