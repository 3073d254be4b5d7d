"""A case that has all that a dossier tells: a returned read, a correction, an arbitration, a second round."""

from tests.people import Study, labels, study

LOOK, REMARK = "Look again at the margin.", "It is spiculated."


def disputed() -> Study:
    """Anna's read was returned and revised, Bob's corrected; they differ, and Sana decided."""
    chest = study("case-1")
    chest.read("anna", malignancy=1)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", note=LOOK, comments=[{"path": "/fields/malignancy", "text": REMARK}])
    chest.review("jana", "correct", correction=labels(malignancy=4))
    chest.read("anna", malignancy=2)
    chest.review("jin")
    chest.arbitrate(picks={"malignancy": "A"})
    return chest


def with_second_round() -> Study:
    """The same, and a second round in which the same readers agree."""
    chest = disputed()
    chest.reopen("same_readers")
    chest.agree_at_two(finding="mass", malignancy=5)
    return chest
