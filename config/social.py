"""Sign-in through others: which providers are offered follows from the keys in the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

Keys = tuple[str, str]

# Where their sign-in pages are: the policy lets forms lead there.
ORIGINS = {
    "google": "https://accounts.google.com",
    "github": "https://github.com",
    "microsoft": "https://login.microsoftonline.com",
}
# Who someone is, and their address: nothing else is asked for.
SCOPES = {
    "google": ["profile", "email"],
    "github": ["user:email"],
    "microsoft": ["User.Read"],
}


@dataclass
class Social:
    """What the settings need of the providers that are offered."""

    apps: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    origins: list[str] = field(default_factory=list)


def providers(
    *, google: Keys, github: Keys, microsoft: Keys, openid: Keys, openid_url: str, openid_name: str
) -> Social:
    """Return the providers that have both their keys. Raises ImproperlyConfigured for half of them."""
    offered = Social()
    for name, keys in {"google": google, "github": github, "microsoft": microsoft}.items():
        if _are_given(name, keys):
            app = {"client_id": keys[0], "secret": keys[1], "key": ""}
            settings = {"APPS": [app], "SCOPE": SCOPES[name], "OAUTH_PKCE_ENABLED": True}
            _offer(offered, name, settings, ORIGINS[name])
    if _are_given("openid", openid):
        _offer(offered, "openid_connect", *_openid(openid, openid_url, openid_name))
    return offered


def _offer(offered: Social, name: str, settings: dict[str, Any], origin: str) -> None:
    offered.apps.append(f"allauth.socialaccount.providers.{name}")
    offered.settings[name] = settings
    offered.origins.append(origin)


def _openid(keys: Keys, url: str, name: str) -> tuple[dict[str, Any], str]:
    """Return the settings of any provider that speaks OpenID Connect, and its origin."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ImproperlyConfigured("OPENID_URL: write the whole address of the provider, https:// and all.")
    app = {
        "provider_id": "openid",
        "name": name,
        "client_id": keys[0],
        "secret": keys[1],
        "settings": {"server_url": url, "oauth_pkce_enabled": True},
    }
    return {"APPS": [app], "SCOPE": ["openid", "email"]}, f"{parts.scheme}://{parts.netloc}"


def _are_given(name: str, keys: Keys) -> bool:
    if any(keys) and not all(keys):
        raise ImproperlyConfigured(f"{name.upper()}_CLIENT_ID and {name.upper()}_CLIENT_SECRET go together.")
    return all(keys)
