"""The inspect proxy: browsers ask us, we ask Astria, and the key stays here."""

from __future__ import annotations

import threading

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest, posted_id
from studio.draft import single_tile
from studio.inspection import BeingAsked, NotChecked, inspect_upload
from studio.inspection import inspect as inspect_photo
from studio.models import Photo
from studio.models.photo import is_allowed_class
from studio.photos import Busy, PhotoRefused, prepare
from studio.ratelimit import is_within, seconds_left

# A person's set holds 20 photos, may change its class a few times, and asks again where it has to wait.
MOST_A_MINUTE = 120
# When Astria hangs, no more than a quarter of the web's threads hang with it.
_places = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))


@require_POST
@login_required
def inspect(request: SignedInRequest) -> HttpResponse:
    """Say what Astria sees in `photo` (an id) or `file`, taken for a `name` (class name).

    Answers as Astria does (docs/api/4-images/1-inspect); to htmx with the photo's tile.
    """
    name = request.POST.get("name", "")
    if not is_allowed_class(name):
        return JsonResponse({"error": _("Say which class name to look for.")}, status=422)
    if not is_within("inspect", str(request.user.pk), most=MOST_A_MINUTE, seconds=60):
        return _later(
            _("That was a lot at once. Your photos are safe; checking goes on in a minute."),
            status=429,
            seconds=seconds_left(60),
        )
    if "photo" in request.POST:
        return _of_photo(request, name)
    return _of_file(request, name)


def _of_photo(request: SignedInRequest, name: str) -> HttpResponse:
    photo = _own_photo(request)
    if not _places.acquire(blocking=False):
        return _come_again()
    answer: dict[str, object] | None = None
    again = 0
    try:
        answer = inspect_photo(photo, name)
    except BeingAsked:
        return _come_again()
    except NotChecked as error:
        again = error.again
    finally:
        _places.release()
    if not request.htmx:
        return _answer(answer, again)
    response = render(request, "studio/_tile.html", {"tile": single_tile(photo)})
    if answer is None:
        # The tile says so and nobody waits; the script asks again by then.
        response["Retry-After"] = again
    return response


def _of_file(request: SignedInRequest, name: str) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        return JsonResponse({"error": _("Send a photo, or the id of one.")}, status=422)
    if not _places.acquire(blocking=False):
        return _come_again()
    try:
        prepared = prepare(upload.file, max_bytes=settings.MAX_PHOTO_BYTES)
        return _answer(inspect_upload(request.user.account, prepared, name))
    except PhotoRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    except (BeingAsked, Busy):
        return _come_again()
    except NotChecked as error:
        return _answer(None, error.again)
    finally:
        _places.release()


def _come_again() -> JsonResponse:
    """Every place is taken, or the same is being asked: the browser asks again by itself."""
    return _later(_("Busy: this photo is looked at in a moment."))


def _answer(answer: dict[str, object] | None, again: int = 0) -> JsonResponse:
    """Slow or down is "not checked": nobody is stopped by it."""
    if answer is None:
        return _later(_("Not checked: go on without, or try later."), seconds=again)
    return JsonResponse(answer)


def _later(text: str, *, status: int = 503, seconds: int = 1) -> JsonResponse:
    return JsonResponse({"error": text}, status=status, headers={"Retry-After": str(seconds)})


def _own_photo(request: SignedInRequest) -> Photo:
    photos = Photo.objects.for_user(request.user).select_related("photo_set")
    return get_object_or_404(photos, pk=posted_id(request, "photo"))
