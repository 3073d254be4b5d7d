"""May this person take this task? The hard rules, each with the word under which it is counted."""

from .question import OpenTask, Person

KIND, NEED, SITE, PART, TIME, SHARE = "kind", "need", "site", "part", "time", "share"
SENTENCES = {
    KIND: "don't do this kind of task",
    NEED: "lack a credential or training that the case needs",
    SITE: "have a conflict of interest with the site",
    PART: "already have a part in the case",
    TIME: "have no time left in these days",
    SHARE: "have reached their share of the dataset",
}


def obstacle(person: Person, task: OpenTask) -> str | None:
    """The first rule that keeps a person from a task for good, whatever else they are given; None if none does."""
    if task.kind not in person.kinds:
        return KIND
    if not task.needs <= person.tags:
        return NEED
    if task.site and task.site in person.conflicts:
        return SITE
    return PART if person.id in task.parts else None
