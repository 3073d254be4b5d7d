"""The addresses of DICOMweb below a root, by what is done there (PS3.18 tables 10.4.1-1 and 10.6.1-1)."""

from typing import Final

_STUDY: Final = "studies/<str:study>"
_SERIES: Final = f"{_STUDY}/series/<str:series>"
_INSTANCE: Final = f"{_SERIES}/instances/<str:instance>"
_FRAMES: Final = f"{_INSTANCE}/frames/<str:frames>"
ROUTES: Final = {
    "search_studies": "studies",
    "search_series": "series",
    "search_instances": "instances",
    "search_study_series": f"{_STUDY}/series",
    "search_study_instances": f"{_STUDY}/instances",
    "search_series_instances": f"{_SERIES}/instances",
    "retrieve_study": _STUDY,
    "retrieve_series": _SERIES,
    "retrieve_instance": _INSTANCE,
    "retrieve_study_metadata": f"{_STUDY}/metadata",
    "retrieve_series_metadata": f"{_SERIES}/metadata",
    "retrieve_instance_metadata": f"{_INSTANCE}/metadata",
    "retrieve_frames": _FRAMES,
    "retrieve_bulk_data": f"{_INSTANCE}/bulkdata/<str:path>",
    "render_study": f"{_STUDY}/rendered",
    "render_series": f"{_SERIES}/rendered",
    "render_instance": f"{_INSTANCE}/rendered",
    "render_frames": f"{_FRAMES}/rendered",
    "retrieve_study_thumbnail": f"{_STUDY}/thumbnail",
    "retrieve_series_thumbnail": f"{_SERIES}/thumbnail",
    "retrieve_instance_thumbnail": f"{_INSTANCE}/thumbnail",
    "retrieve_frame_thumbnail": f"{_FRAMES}/thumbnail",
}
