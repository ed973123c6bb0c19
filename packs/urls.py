from __future__ import annotations

from django.urls import path

from packs import views

app_name = "packs"

urlpatterns = [
    path("", views.packs, name="packs"),
    path("pictures/<int:pack_id>/<slug:stem>.webp", views.picture, name="picture"),
    path("<slug:slug>/", views.pack, name="pack"),
]
