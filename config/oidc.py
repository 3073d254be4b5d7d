"""The house's identity provider, from the environment."""

from typing import Any
from urllib.parse import urlsplit

from config.env import SettingsError, env_secret, env_str

NAMES = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")


def issuer_from_environment(*, debug: bool) -> str:
    """OIDC_ISSUER, or nothing; SettingsError if it is not one with TLS, or only half of it is set."""
    given = {
        "OIDC_ISSUER": env_str(NAMES[0]),
        "OIDC_CLIENT_ID": env_str(NAMES[1]),
        NAMES[2]: env_secret(NAMES[2]),
    }
    if not any(given.values()):
        return ""
    for name, value in given.items():
        if not value:
            raise SettingsError(f"{name} is missing: sign-in through a provider needs {', '.join(NAMES)}.")
    issuer = given["OIDC_ISSUER"].rstrip("/")
    if urlsplit(issuer).scheme != "https" and not debug:
        raise SettingsError("OIDC_ISSUER must begin with https:// (only DEBUG=1 takes http://).")
    return issuer


def provider(issuer: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """allauth's SOCIALACCOUNT_PROVIDERS for one issuer; nothing without one."""
    if not issuer:
        return {}
    app = {
        "provider_id": "house",
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def provider_from_environment(issuer: str) -> dict[str, Any]:
    """The same, with what the environment says about us."""
    name = env_str("OIDC_NAME", urlsplit(issuer).hostname or "")
    return provider(issuer, env_str("OIDC_CLIENT_ID"), env_secret("OIDC_CLIENT_SECRET"), name)


def origin(issuer: str) -> list[str]:
    """Where the browser is sent for signing in, as a source for the content security policy."""
    parts = urlsplit(issuer)
    return [f"{parts.scheme}://{parts.netloc}"] if issuer else []
