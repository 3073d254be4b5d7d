"""The addresses of DICOMweb in the tables of who may go where: the same below every root."""

from collections.abc import Iterator

from api.dicomweb.routes import ROUTES

EVERYWHERE = ("/api/v1/dicomweb/studies", "/api/v1/dicomweb/series", "/api/v1/dicomweb/instances")
UNIONS = {"search_studies", "search_series", "search_instances"}


def addresses(root: str) -> Iterator[tuple[str, bool]]:
    """Each address below a root, for an image that isn't there, and whether it finds nothing rather than fails."""
    for name, route in ROUTES.items():
        path = route.replace("<str:frames>", "1").replace("<str:path>", "7FE00010")
        for part in ("study", "series", "instance"):
            path = path.replace(f"<str:{part}>", "2.25.1")
        yield f"{root}/{path}", name in UNIONS


def rows() -> Iterator[str]:
    """The lines of the table: who comes through each door, and that nobody finds an image behind it."""
    for root, who, rest in (
        ("/api/v1/dicomweb", "signed", ""),
        ("/api/v1/dicomweb/projects/chest", "ma", ""),
        ("/api/v1/dicomweb/tasks/{task}", "h", "bcjs=404"),
        ("/api/v1/dicomweb/links/{link}", "all", ""),  # whoever has it: it is as good as a token
    ):
        for address, found in addresses(root):
            yield f"GET {address} {who if found else '-'} {rest} {'' if found else f'{who}=404'}"
