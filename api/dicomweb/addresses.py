"""The addresses of DICOMweb, the same below each root; the OpenAPI document lists them once."""

from typing import Any, Final

from django.urls import URLPattern, path

from .frame_views import Frames
from .rendered_views import Rendered, Thumbnail
from .retrieve_views import BulkData, Metadata, Retrieve
from .routes import ROUTES
from .search_views import Search, SearchInstances, SearchSeries

_SEARCHES: Final = {"studies": Search, "series": SearchSeries, "instances": SearchInstances}
_ENDINGS: Final[dict[str, Any]] = {"metadata": Metadata, "rendered": Rendered, "thumbnail": Thumbnail}


def below(root: str, name: str = "", **how: Any) -> list[URLPattern]:
    """Every address below a root; without a `name` for it, they are those that the OpenAPI document lists.

    `how`: what its views have beside.
    """
    hidden: dict[str, Any] = {"schema": None, **how} if name else how
    called = f"dicomweb_{name}" if name else "dicomweb"
    return [
        path(f"{root}/{route}", _view(route).as_view(**hidden), name=f"{called}_{operation}")
        for operation, route in ROUTES.items()
    ]


def _view(route: str) -> Any:
    last = route.rpartition("/")[2]
    if last in _SEARCHES:
        return _SEARCHES[last]
    if last in _ENDINGS:
        return _ENDINGS[last]
    return {"<str:frames>": Frames, "<str:path>": BulkData}.get(last, Retrieve)
