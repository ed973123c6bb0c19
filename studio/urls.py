from __future__ import annotations

from django.urls import path

from studio.views import callbacks, gallery, home, inspect, photo_sets, photos, pictures, shares, shoots

app_name = "studio"

urlpatterns = [
    path("", home.home, name="home"),
    path("photo-sets/new/", photo_sets.new, name="photo-set-new"),
    path("photo-sets/<uuid:photo_set_id>/", photo_sets.photo_set, name="photo-set"),
    path("photo-sets/<uuid:photo_set_id>/side/", photo_sets.side, name="photo-set-side"),
    path("photo-sets/<uuid:photo_set_id>/edit/", photo_sets.edit, name="photo-set-edit"),
    path("photo-sets/<uuid:photo_set_id>/pack/", photo_sets.choose_pack, name="photo-set-pack"),
    path("photos/", photos.upload, name="photos"),
    path("photos/<uuid:photo_id>/", photos.tile, name="photo-tile"),
    path("photos/<uuid:photo_id>/remove/", photos.remove, name="photo-remove"),
    path("photos/<uuid:photo_id>/keep/", photos.keep, name="photo-keep"),
    path("images/inspect", inspect.inspect, name="inspect"),
    path("shoots/", shoots.shoots, name="shoots"),
    path("shoots/", shoots.shoots, name="order"),  # the same address, by POST
    path("shoots/<uuid:shoot_id>/", shoots.shoot, name="shoot"),
    path("shoots/<uuid:shoot_id>/cancel/", shoots.cancel, name="shoot-cancel"),
    path("shoots/<uuid:shoot_id>/gallery/", gallery.shoot_gallery, name="shoot-gallery"),
    path("shoots/<uuid:shoot_id>/shares/", shares.shares, name="shares"),
    path("shares/<int:share_id>/revoke/", shares.revoke, name="share-revoke"),
    path("s/<str:share_token>/", shares.shared, name="shared"),
    path("s/<str:share_token>/<uuid:image_id>/<str:variant>", shares.shared_file, name="shared-file"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("pictures/<uuid:image_id>/", pictures.picture, name="picture"),
    path("pictures/<uuid:image_id>/like/", pictures.like, name="picture-like"),
    path("pictures/<uuid:image_id>/unlike/", pictures.unlike, name="picture-unlike"),
    path("pictures/<uuid:image_id>/<str:variant>", pictures.file, name="picture-file"),
    path("callbacks/<uuid:shoot_id>/<str:token>", callbacks.callback, name="callback"),
]
