"""Every address of the studio."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

import accounts.urls
import studio.urls

handler500 = "studio.views.errors.server_error"

urlpatterns = [
    path("", include("studio.urls")),
    path("packs/", include("packs.urls")),
    # One's own account, with the pages that show what the product holds.
    path("", include(([*accounts.urls.urlpatterns, *studio.urls.account_pages], "accounts"))),
    path("accounts/", include("accounts.sign_in_urls")),
    path("admin/", admin.site.urls),
]
