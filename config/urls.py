"""Every address of the service."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from api.views.docs import Unknown
from api.views.health import healthz, readyz
from api.views.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include("api.urls")),
    # Not `.`, which matches no line break: whatever is asked for below api/ is answered as the API answers.
    re_path(r"^api/(?P<rest>[\s\S]*)\Z", Unknown.as_view()),
    path("", include("screens.urls")),
]
