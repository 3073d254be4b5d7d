"""What lies apart from the main tables: who a pseudonym is, and truth from outside until the data set is locked.

The rows are sealed (workflow/images/keys.py), in a schema of their own that no auditor's role and no export reads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from audit.canonical import canonical, parse
from audit.commitments import commit, new_salt

from .keys import seal, unseal

IDENTITY, TRUTH = "identity", "truth"


def keep_identities(project_id: UUID, found: Iterable[tuple[str, str, Mapping[str, str]]]) -> None:
    """Keep originals under their pseudonyms, as (kind, pseudonym, originals); what is there already stays."""
    rows = [
        (project_id, kind, pseudonym, seal(IDENTITY, project_id, canonical(dict(originals))))
        for kind, pseudonym, originals in found
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO vault.identity (project_id, kind, pseudonym, sealed) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            rows,
        )


def identity_behind(project_id: UUID, kind: str, pseudonym: str) -> dict[str, str] | None:
    """The originals behind a pseudonym, or None if nobody is known by it."""
    query = "SELECT sealed FROM vault.identity WHERE (project_id, kind, pseudonym) = (%s, %s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(query, [project_id, kind, pseudonym])
        row = cursor.fetchone()
    if row is None:
        return None
    found: dict[str, str] = parse(unseal(IDENTITY, project_id, bytes(row[0])))
    return found


def forget_identities(project_id: UUID, gone: Iterable[tuple[str, str]]) -> None:
    """Delete what was kept, as (kind, pseudonym)."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "DELETE FROM vault.identity WHERE (project_id, kind, pseudonym) = (%s, %s, %s)",
            [(project_id, kind, pseudonym) for kind, pseudonym in gone],
        )


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known from outside, with the salt of the commitment that binds us to it."""

    text: str
    salt: bytes

    @property
    def commitment(self) -> str:
        """What the log holds of it from the beginning."""
        return commit("text", self.text, self.salt)


def sealed_truth(project_id: UUID, text: str) -> bytes:
    """Truth from outside (biopsy, follow-up) as it is stored: nobody reads it before the data set is locked."""
    return seal(TRUTH, project_id, canonical({"salt": new_salt().hex(), "text": text}))


def unsealed_truth(project_id: UUID, sealed: bytes) -> Truth:
    """The truth and its salt. Only for its commitment, until the data set is locked."""
    found = parse(unseal(TRUTH, project_id, sealed))
    return Truth(found["text"], bytes.fromhex(found["salt"]))


def keep_truth(project_id: UUID, case_id: UUID, sealed: bytes) -> None:
    """Keep a case's truth from outside, sealed as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault.truth (case_id, project_id, sealed) VALUES (%s, %s, %s)",
            [case_id, project_id, sealed],
        )
