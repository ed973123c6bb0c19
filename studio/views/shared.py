"""What a visitor of a share link sees and does, without an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import client_address
from studio import sharing
from studio.choosing import ids_in
from studio.contact_sheet import Frame, frames, rows
from studio.downloading import Size, batch
from studio.forms import PasswordForm, ReportForm
from studio.models import Image, Share, Vote
from studio.naming import file_stem
from studio.pictures import VARIANT_WIDTHS
from studio.ratelimit import is_within
from studio.serving import serve, serve_batch, serve_entry
from studio.showing import number_before, page_from, picture_named

MOST_WRONG_A_MINUTE = 60
MOST_VOTES_A_MINUTE = 120
MOST_REPORTS_AN_HOUR = 10
# Without downloads nobody gets a picture in its full size: the largest variant can be that.
SMALL_WIDTHS = VARIANT_WIDTHS[:-1]
UNLOCKED, VOTER = "share", "voter"
UNLOCKED_SECONDS, VOTER_SECONDS = 12 * 60 * 60, 365 * 24 * 60 * 60
# The address is the key: no index, no other site and no cache may get it. (Without any referrer at all
# browsers say no origin either, and no form of the page would be believed.)
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
View = Callable[Concatenate[HttpRequest, Share, ...], HttpResponseBase]


def with_open_share(view: View) -> Callable[..., HttpResponseBase]:
    """Give a view the open share of its token, once its password was given.

    Whatever is not one gets the same refusal; a visitor who has not given the password is asked for it.
    """

    @wraps(view)
    def unlocked(request: HttpRequest, share: Share, **kwargs: Any) -> HttpResponseBase:
        key = _kept(request, share, UNLOCKED, UNLOCKED_SECONDS)
        if sharing.is_unlocked(share, key) or _is_owner(request, share):
            return view(request, share, **kwargs)
        return redirect("studio:shared-unlock", share.token)

    return with_locked_share(unlocked)


def with_locked_share(view: View) -> Callable[..., HttpResponseBase]:
    """Give a view the open share of its token, whether its password was given or not."""

    @wraps(view)
    def find(request: HttpRequest, share_token: str, **kwargs: Any) -> HttpResponseBase:
        share = Share.objects.open().with_token(share_token).select_related("shoot").first()
        response = view(request, share, **kwargs) if share else _refusal(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return find


def _refusal(request: HttpRequest) -> HttpResponse:
    """Wrong, expired and revoked tokens look alike, and are rate limited alike: open ones never are."""
    if is_within("share", client_address(request), most=MOST_WRONG_A_MINUTE, seconds=60):
        return render(request, "404.html", status=404)
    return render(request, "429.html", status=429)


def _is_owner(request: HttpRequest, share: Share) -> bool:
    return request.user.is_authenticated and request.user.credit_account_id == share.account_id


@require_http_methods(["GET", "HEAD", "POST"])
@with_locked_share
def unlock(request: HttpRequest, share: Share) -> HttpResponse:
    """Ask for the password; the right one opens every address of the share for a while, in this browser."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not sharing.may_guess(share, client_address(request)):
            return render(request, "429.html", status=429)
        if form.is_valid() and share.is_opened_by(form.cleaned_data["password"]):
            answer = redirect("studio:shared", share.token)
            _keep(answer, share, UNLOCKED, share.key, UNLOCKED_SECONDS)
            return answer
        if form.is_valid():
            form.add_error("password", _("That is not the password. Ask who sent you the link."))
    return render(request, "studio/shared_unlock.html", {"form": form}, status=422 if form.errors else 200)


def _keep(answer: HttpResponse, share: Share, name: str, value: str, seconds: int) -> None:
    """Have the browser keep something for this share alone, signed and out of reach of scripts."""
    answer.set_signed_cookie(
        name,
        value,
        salt=f"studio.{name}.{share.pk}",
        max_age=seconds,
        path=share.get_absolute_url(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _kept(request: HttpRequest, share: Share, name: str, seconds: int) -> str:
    """Return what the browser keeps, as we gave it; "" for nothing, or for what somebody else made."""
    salt = f"studio.{name}.{share.pk}"
    return request.get_signed_cookie(name, default="", salt=salt, max_age=seconds) or ""


@require_safe
@with_open_share
def shared(request: HttpRequest, share: Share) -> HttpResponse:
    """The pictures of a share, for whoever has its link. Counts visits, but not its owner's."""
    # Neither further pages of the same visit nor a program's HEAD are visits.
    if request.method == "GET" and "from" not in request.GET and not _is_owner(request, share):
        share.count_visit()
    url, images = share.get_absolute_url(), share.images()
    # It may have left the share meanwhile: the page begins where it stood.
    start = picture_named(Image.objects.filter(account=share.account_id), request.GET.get("from", ""))
    page = page_from(images, "newest", start, base=url, widths=_widths(share))
    voted, first = _voted(request, share), number_before(images, start) + 1
    shown = [_named(frame, share, place) for place, frame in enumerate(page.frames, first)]
    context = {
        "share": share,
        "items": [{"image": frame, "voted": frame.id in voted} for frame in shown],
        "count": share.images().count(),
        "sizes": [{"value": size.value, "label": size.label} for size in Size],
        "download_url": reverse("studio:shared-download", args=[share.token]) if share.downloads else "",
        "next_url": f"{url}?from={page.later}" if page.later else "",
    }
    return render(request, "studio/shared.html", context)


@require_safe
@with_open_share
def shared_picture(request: HttpRequest, share: Share, image_id: UUID) -> HttpResponse:
    """One picture of a share, with its neighbours."""
    image = _picture(share, image_id)
    order = list(share.images().order_by("-created_at", "id").values_list("pk", flat=True))
    at, url = order.index(image.pk), share.get_absolute_url()
    widths = _widths(share)
    found = rows(Image.objects.filter(pk=image.pk))
    frame = frames(found, base=url, width=max(widths), widths=widths)[0]
    context = {
        "share": share,
        "image": _named(frame, share, at + 1),
        "voted": frame.id in _voted(request, share),
        "previous_url": f"{url}{order[at - 1]}/" if at else "",
        "next_url": f"{url}{order[at + 1]}/" if at + 1 < len(order) else "",
        "download_url": reverse("studio:shared-download", args=[share.token]) if share.downloads else "",
    }
    return render(request, "studio/shared_picture.html", context)


def _named(frame: Frame, share: Share, number: int) -> Frame:
    """Titles of shoots can be the person's own words: visitors read the link's name alone."""
    alt = _("%(name)s, picture %(number)d") % {"name": share.name, "number": number}
    return replace(frame, alt=alt)


def _widths(share: Share) -> tuple[int, ...]:
    return VARIANT_WIDTHS if share.downloads else SMALL_WIDTHS


def _picture(share: Share, image_id: UUID) -> Image:
    return get_object_or_404(share.images(), pk=image_id)


@require_safe
@with_open_share
def shared_file(request: HttpRequest, share: Share, image_id: UUID, variant: str) -> HttpResponseBase:
    """A file of a picture that the share shows; in full size only where downloads are on."""
    image = _picture(share, image_id)
    if variant == f"original.{image.extension}" and share.downloads:
        files = batch(share.images().filter(pk=image.pk), Size.ORIGINAL, stem=_stem(share))
        return serve_entry(request, files.entries[0], attached=False)
    if variant not in {f"{width}.webp" for width in _widths(share)}:
        raise Http404
    # Not for long: a revoked link goes dark in browsers that have seen it, too.
    return serve(image, variant, cache="private, max-age=300")


@require_safe
@with_open_share
def shared_download(request: HttpRequest, share: Share) -> HttpResponseBase:
    """Pictures of the share to keep, all or those named as `picture`, in a `size`, where downloads are on."""
    images = share.images()
    if "picture" in request.GET:
        images = images.filter(pk__in=ids_in(request.GET.getlist("picture")))
    size = request.GET.get("size", Size.ORIGINAL)
    if not share.downloads or size not in Size.values or not images.exists():
        raise Http404
    return serve_batch(request, batch(images, Size(size), stem=_stem(share)))


def _stem(share: Share) -> str:
    """Return how files are called: as the link, for the set's name is the person's own."""
    return file_stem(share.name) or "pictures"


@require_POST
@with_open_share
def vote(request: HttpRequest, share: Share, image_id: UUID) -> HttpResponse:
    """Vote for a picture; once more changes nothing. Only now does the browser get something to keep."""
    image, voter = _picture(share, image_id), _voter(request, share)
    if not is_within("vote", client_address(request), most=MOST_VOTES_A_MINUTE, seconds=60):
        return render(request, "429.html", status=429)
    new = "" if voter else sharing.new_voter()
    sharing.vote(share, image, voter or new)
    answer = _voted_answer(request, share, image)
    if new:
        _keep(answer, share, VOTER, new, VOTER_SECONDS)
    return answer


@require_POST
@with_open_share
def unvote(request: HttpRequest, share: Share, image_id: UUID) -> HttpResponse:
    """Take one's vote back; once more changes nothing."""
    image = _picture(share, image_id)
    if voter := _voter(request, share):
        sharing.unvote(share, image, voter)
    return _voted_answer(request, share, image)


def _voted_answer(request: HttpRequest, share: Share, image: Image) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(status=204)
    if request.POST.get("back") == "picture":
        return redirect("studio:shared-picture", share.token, image.pk)
    return redirect(f"{share.get_absolute_url()}#i{image.pk}")


def _voter(request: HttpRequest, share: Share) -> str:
    """Return who votes here; "" for somebody who has not voted yet."""
    return _kept(request, share, VOTER, VOTER_SECONDS)


def _voted(request: HttpRequest, share: Share) -> set[str]:
    """Return the ids of the pictures that this visitor voted for."""
    voter = _voter(request, share)
    if not voter:
        return set()
    mine = Vote.objects.filter(share=share, visitor=sharing.visitor_of(share, voter))
    return {str(pk) for pk in mine.values_list("image", flat=True)}


@require_http_methods(["GET", "HEAD", "POST"])
@with_open_share
def report(request: HttpRequest, share: Share, image_id: UUID) -> HttpResponse:
    """Tell staff that a picture should not be there."""
    image = _picture(share, image_id)
    data: QueryDict | None = request.POST if request.method == "POST" else None
    form = ReportForm(data)
    if form.is_valid():
        if not is_within("report", client_address(request), most=MOST_REPORTS_AN_HOUR, seconds=3600):
            return render(request, "429.html", status=429)
        sharing.report(share, image, **form.cleaned_data)
        messages.success(request, _("Thank you. The people who run this studio will look at the picture."))
        return redirect("studio:shared", share.token)
    found = rows(Image.objects.filter(pk=image.pk))
    frame = frames(found, base=share.get_absolute_url(), width=320, widths=_widths(share))[0]
    context = {"share": share, "form": form, "image": replace(frame, alt=_("The picture in question"))}
    return render(request, "studio/shared_report.html", context, status=422 if form.errors else 200)
