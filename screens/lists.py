"""Every list that people can look at in their own way, by the name of its address."""

from typing import Final

from screens.auditor.access import ACCESS
from screens.auditor.cases import CASES as AUDITED_CASES
from screens.auditor.exports_list import LISTS as EXPORTS
from screens.auditor.log import LOG
from screens.auditor.readers import READERS
from screens.listing.columns import Listing
from screens.manager.case_list import CASES
from screens.manager.issue_list import ISSUES
from screens.manager.models import MODELS
from screens.manager.people import PEOPLE
from screens.manager.work import WORK
from workflow.errors import NotFound

LISTS: Final = {
    listing.name: listing
    for listing in (
        CASES,
        WORK,
        PEOPLE,
        ISSUES,
        MODELS,
        LOG,
        ACCESS,
        AUDITED_CASES,
        READERS,
        *EXPORTS.values(),
    )
}


def listing_of(name: str) -> Listing:
    """The list of this name; NotFound if there is none."""
    if name not in LISTS:
        raise NotFound("There is no such list.")
    return LISTS[name]
