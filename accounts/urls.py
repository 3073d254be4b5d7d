"""The pages of signing in: those of allauth that people here need, and no others."""

from allauth.account import views
from allauth.socialaccount import views as provider_views
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts.views import provider_sign_in

# Without a mail server nobody is sent a link, so nobody is offered one.
RESET: list[URLPattern] = [
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/sent/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    # Says that there is no sign-up: the adapter is closed, and allauth writes this address into mails.
    path("signup/", views.signup, name="account_signup"),
    path("2fa/", include("allauth.mfa.urls")),
    path("provider/cancelled/", provider_views.login_cancelled, name="socialaccount_login_cancelled"),
    path("provider/error/", provider_views.login_error, name="socialaccount_login_error"),
    path("oidc/<slug:provider_id>/login/", provider_sign_in, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", openid_connect.callback, name="openid_connect_callback"),
]
if not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
    urlpatterns += RESET
