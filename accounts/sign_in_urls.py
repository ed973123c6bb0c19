"""allauth's addresses, those of them that are used; the rest of what it brings is not there."""

from __future__ import annotations

from allauth.socialaccount.views import connections, login_cancelled, login_error, signup
from allauth.urls import build_provider_urlpatterns
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

# Its lists of factors and keys are part of our page on security.
security = RedirectView.as_view(pattern_name="accounts:security")

urlpatterns = [
    path("2fa/", security, name="mfa_index"),
    path("2fa/webauthn/", security, name="mfa_list_webauthn"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]

if settings.SOCIAL.apps:
    urlpatterns += [
        path("3rdparty/login/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
        path("3rdparty/login/error/", login_error, name="socialaccount_login_error"),
        path("3rdparty/signup/", signup, name="socialaccount_signup"),
        path("3rdparty/", connections, name="socialaccount_connections"),
        *build_provider_urlpatterns(),
    ]
