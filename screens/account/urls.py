"""The addresses of a person's own account; signing in and second factors are in accounts/urls.py."""

from django.urls import path

from . import home, keys, list_looks, saved_views, tokens

urlpatterns = [
    path("", home.account_home, name="account_home"),
    path("keys/", keys.my_keys, name="my_keys"),
    path("looks", keys.remember_look, name="remember_look"),
    path("notices/mail", home.mailed_so, name="notices_mail"),
    path("notices/read", home.all_read, name="notices_read"),
    path("notices/<uuid:notice_id>/read", home.notice_read, name="notice_read"),
    path("sessions/end", home.others_ended, name="sessions_end"),
    path("lists/<slug:slug>/<slug:name>/columns", list_looks.list_columns, name="list_columns"),
    path("lists/<slug:slug>/<slug:name>/views", list_looks.list_views, name="list_views"),
    path("views/<uuid:view_id>", saved_views.saved_view, name="saved_view"),
    path("tokens/new", tokens.token_new, name="token_new"),
    path("tokens/<uuid:token_id>/revoke", tokens.token_revoke, name="token_revoke"),
]
