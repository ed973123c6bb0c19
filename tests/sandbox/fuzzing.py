"""What may come over the wire: from requests that are nearly right to nonsense."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as some

from tests.sandbox.wire import Header, Request

WORD = re.compile(r"\S+")
NAMES = WORD.findall("""
    title name images image_urls callback branch steps token face_crop preset training_face_correct
    base_tune_id model_type auto_extend characteristics class_names prompts_attributes prompt_attributes
    prompts_callback tune_ids tune_id prompt_ids text negative_prompt num_images seed cfg_scale w h ar
    aspect_ratio resolution super_resolution inpaint_faces hires_fix face_correct face_swap use_lpw
    film_grain controlnet_txt2img scheduler backend_version style color_grading controlnet pack_id
    denoising_strength controlnet_conditioning_scale input_image input_image_url mask_image
    mask_image_url input_image_base64 lora_scale theme file file_url image_index prompt_expansion
    base_pack_id workspace_id community image_references video_duration image_reference_urls offset
    limit before_id orig_prompt_id liked today public listed
""")
WRAPPERS = ("tune", "prompt", "theme", "pack")
# These answer 5xx, late or not at all because they were asked to.
ASKED_FOR = {"slow", "500", "504", "504-after", "dropped", "dropped-after"}
PICTURE = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
PICTURE += b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

PHOTO = b'Content-Disposition: form-data; name="tune[images][]"; filename="a.gif"\r\n\r\n' + PICTURE

nonsense = some.binary(max_size=60)
numbers = (
    some.sampled_from([0, -1, 8, 2**31, 2**32, 2**63 - 1, 2**63, 10**30, 10**400, 1e308, -0.0, 0.5])
    | some.integers()
)
PLAIN = WORD.findall("""
    woman man t true false null NaN 1e999 -1 sdxl1 flux1 fast lora pti faceid flux-lora-portrait 1:1
    canny 4K euler Cinematic {{ }} {{a}} <lora:1504944:0.5> <lora:9> <lora:1:x>
    <faceid:99999999999999999999:1> ٣ ² 1_0 http://127.0.0.1:9/x.jpg http://[ http://a:b //
    data:image/png;base64,AAAA R0lGODlhAQABAAAAACw= é
""")
ODD = ["", "sks person", "ohwx {{age}}", "--ar 1:1", "\x00", "a\x00b", "\ud800", "9" * 25, "2" * 300]
words = some.sampled_from([*PLAIN, *ODD])
mostly = some.sampled_from([True, True, True, True, True, False])
scalars = some.none() | some.booleans() | numbers | words | some.text(max_size=6)
values = some.recursive(
    scalars,
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from(NAMES) | some.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=8,
)
ESSENTIALS = {"title": "t", "name": "woman", "text": "ohwx", "theme": "autumn", "base_tune_id": 1504944}
LISTS = {"image_urls": [], "tune_ids": [1504944], "prompts_attributes": [{"text": "x"}]}


@some.composite
def objects(draw: some.DrawFn) -> dict[str, Any]:
    """Return parameters: often what is needed, with some of it spoilt."""
    spoilt = draw(some.sampled_from([0, 1, 1, 5]))
    given = draw(some.dictionaries(some.sampled_from(NAMES), values, max_size=spoilt))
    needed = ESSENTIALS | draw(some.sampled_from([{}, LISTS]))
    return needed | given if draw(mostly) else given


@some.composite
def json_bodies(draw: some.DrawFn, wrapper: str) -> tuple[bytes, bytes]:
    """Return a JSON body and its content type."""
    inner = draw(objects())
    whole = {wrapper: inner, "name": "man"} if draw(mostly) else inner
    text = json.dumps(whole if draw(mostly) else draw(values), ensure_ascii=draw(some.booleans()))
    return text.encode("utf-8", "surrogatepass"), b"application/json"


form_names = some.builds(
    lambda wrapper, name, rest: f"{wrapper}[{name}]{''.join(rest)}",
    some.sampled_from((*WRAPPERS, "")),
    some.sampled_from(NAMES),
    some.lists(
        some.sampled_from(["[]", "[0]", "[1]", "[text]", "[a]", "[", "]", "[\x00]", "[a[b]]"]), max_size=3
    ),
) | some.sampled_from(NAMES)


def flattened(given: Mapping[str, Any], wrapper: str) -> list[tuple[str, str]]:
    """Return the scalars of an object as fields of a form."""
    return [
        (f"{wrapper}[{name}]", str(value)) for name, value in given.items() if not isinstance(value, list)
    ]


def fields(wrapper: str) -> some.SearchStrategy[list[tuple[str, str]]]:
    """Return fields of a form: mostly what is needed, and some that are not."""
    others = some.lists(some.tuples(form_names, words | some.text(max_size=6)), max_size=4)
    needed = mostly.map(lambda given: flattened(ESSENTIALS, wrapper) if given else [])
    return some.builds(lambda first, rest: first + rest, needed, others)


def urlencoded(wrapper: str) -> some.SearchStrategy[tuple[bytes, bytes]]:
    """Return a form's body and content type."""
    kind = b"application/x-www-form-urlencoded"
    return fields(wrapper).map(lambda pairs: (urlencode(pairs, errors="replace").encode(), kind))


@some.composite
def parts(draw: some.DrawFn, pairs: Sequence[tuple[str, str]]) -> list[bytes]:
    """Return the parts of a multipart body: the fields, and some files."""
    made = [b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (_bytes(n), _bytes(v)) for n, v in pairs]
    if draw(mostly):
        made.append(PHOTO)
    for name in draw(some.lists(form_names, max_size=2)):
        disposition = b'Content-Disposition: form-data; name="%s"' % _bytes(name)
        disposition += draw(
            some.sampled_from([b'; filename="a.jpg"', b"; filename=", b"", b"; filename*=utf-8''%ff"])
        )
        kind = draw(
            some.sampled_from([b"image/jpeg", b"", b"text/plain; charset=nope", b"\xff", b"image/\x00"])
        )
        encoding = draw(some.sampled_from([b"", b"", b"Content-Transfer-Encoding: base64\r\n"]))
        content = draw(some.sampled_from([PICTURE, b"", b"\xff\xd8\xff"]) | nonsense)
        made.append(disposition + b"\r\nContent-Type: " + kind + b"\r\n" + encoding + b"\r\n" + content)
    return made if draw(mostly) else [*made, draw(nonsense)]


@some.composite
def multipart(draw: some.DrawFn, wrapper: str) -> tuple[bytes, bytes]:
    """Return a multipart body and a content type, whose boundary nearly always is the body's."""
    boundary = draw(some.sampled_from([b"x", b"-", b"a" * 70]) | some.binary(min_size=1, max_size=8))
    boundary = boundary.replace(b"\r", b"-").replace(b"\n", b"-")
    made = draw(parts(draw(fields(wrapper))))
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in made)
    body += b"--" + boundary + (b"--\r\n" if draw(mostly) else b"")
    others = some.sampled_from([b"other", b"", b'"' + boundary + b'"', b"b" * 500])
    said = boundary if draw(mostly) else draw(others)
    return body, b"multipart/form-data; boundary=" + said


# Nothing here may end a header's line or the headers.
header_values = some.binary(max_size=30).map(lambda raw: raw.replace(b"\r", b" ").replace(b"\n", b" "))
KINDS = [
    b"application/json",
    b"application/vnd.api+json; charset=utf-7",
    b"multipart/form-data",
    b"multipart/form-data; boundary=x",
    b"application/x-www-form-urlencoded; charset=\xff",
    b"a/b; c*=d''%ff",
    b";",
    b"",
]
# Most come with a key, or little would be seen behind the door.
keys = some.sampled_from(range(8)).flatmap(lambda n: some.just(b"Bearer sd_x") if n else header_values)
odd_kinds = header_values | some.sampled_from(KINDS)


def bodies(path: str) -> some.SearchStrategy[tuple[bytes, bytes]]:
    """Return a body and its content type, mostly with the wrapper that the route asks for."""
    last = path.rpartition("/")[2]
    kind = "prompt" if "prompts" in path else {"themes": "theme", "packs": "pack"}.get(last, "tune")
    wrapper = mostly.flatmap(lambda right: some.just(kind) if right else some.sampled_from(WRAPPERS))
    made = wrapper.flatmap(lambda name: json_bodies(name) | urlencoded(name) | multipart(name))
    return made | made | some.tuples(nonsense, odd_kinds)


ids = some.sampled_from(["1504944", "1", "0", "260", "corporate-headshots", "9" * 18, "9" * 19, "9" * 400])
segments = ids | some.text(max_size=5).map(lambda text: quote(text.encode("utf-8", "replace"), safe=""))
raw_segments = some.binary(max_size=6).map(lambda raw: raw.translate(None, b" \r\n\t\x0b\x0c?#"))
queries = fields("tune").map(
    lambda pairs: urlencode([(name.split("[")[0], value) for name, value in pairs], errors="replace")
)
suffixes = some.sampled_from(["", "", "", ".json", "/", "//", ".json/"])


@some.composite
def targets(draw: some.DrawFn, path: str, known: Mapping[str, str]) -> bytes:
    """Return an address of a route, its parameters filled in, with a query."""
    pieces = [
        piece if not piece.startswith(":") else known.get(piece, "260") if draw(mostly) else draw(segments)
        for piece in path.split("/")
    ]
    target = ("/".join(pieces) + draw(suffixes)).encode()
    if not draw(mostly):
        target = b"/" + draw(raw_segments) + target + draw(raw_segments)
    query = draw(some.just("") | queries).encode() or draw(some.just(b"") | raw_segments)
    return target + b"?" + query if query else target


@some.composite
def requests_to(
    draw: some.DrawFn, method: str, path: str, faults: Sequence[str], known: Mapping[str, str]
) -> Request:
    """Return a request to a route, framed as HTTP asks for, that may be wrong in everything else.

    `known` are ids that exist, by their names in paths.
    """
    body, kind = draw(bodies(path))
    sent = [(b"Content-Type", kind), (b"Authorization", draw(keys))]
    sent += draw(some.lists(_extra(faults), max_size=1))
    return Request(method.encode(), draw(targets(path, known)), tuple(sent), body)


def _extra(faults: Sequence[str]) -> some.SearchStrategy[Header]:
    names = some.sampled_from(
        [b"X-Workspace-Id", b"Accept", b"Cookie", b"Host", b"Range", b"X-Forwarded-Host"]
    )
    quiet = some.lists(some.sampled_from([name for name in faults if name not in ASKED_FOR]), max_size=2)
    asked = quiet.map(lambda chosen: ", ".join(chosen).encode())
    return some.tuples(names, header_values) | some.tuples(
        some.just(b"X-Sandbox-Fault"), asked | header_values.filter(_asks_for_nothing)
    )


def _asks_for_nothing(value: bytes) -> bool:
    return not any(name.encode() in value for name in ASKED_FOR)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


BEGINNINGS = b"GET / HTTP/1.1|POST /tunes HTTP/1.1|POST /tunes|GET / HTTP/9.9|\xff / HTTP/1.1|X".split(b"|")
LINES = (
    b"Content-Length: 5|Content-Length: -1|Content-Length: \xb2|Content-Length: 99999999999999999999|"
    b"Transfer-Encoding: chunked|Host: \xff|Expect: 100-continue||5|-5|0|zz|abcde|Connection: close|"
    b"Content-Type: application/json|: | folded|{}"
).split(b"|")
framings = some.tuples(some.sampled_from(BEGINNINGS), some.lists(some.sampled_from(LINES), max_size=8))
raw_requests = some.binary(max_size=200) | framings.map(
    lambda lines: b"\r\n".join([lines[0], *lines[1], b""])
)
