"""The samples that do not work as they are printed: what happens, why, and what makes them work."""

from __future__ import annotations

from dataclasses import dataclass

LORA = "<lora:tune_id:strength>"
BACKTICK = ("(`node-fetch'", "('node-fetch'")
NO_JSON = ("response.json()", "response.text()")
PROMPT_ID = (":prompt_id", "1")
BOOLEANS = ("true);", "'true');")
MAN = (("=cat", "=man"), ('"name": "cat"', '"name": "man"'))
READ_PHOTO = "load_image(prompt['input_image'])"
PHOTO = "open('1.jpg', 'rb')"

FLUX_PROMPTS, SDXL_PROMPTS = "POST /tunes/1504944/prompts", "POST /tunes/666678/prompts"
PACK, THEMES = "POST /p/260/tunes", "POST /themes"
LIKE, LITERAL_LIKE = "POST /prompts/1/like 201", "POST /prompts/:prompt_id/like 404"


@dataclass(frozen=True)
class Flaw:
    """Why a sample does not do what its page says.

    It ends with `code`, says `says`, and only `calls` arrive, with these answers. With each printed text of
    `cure` replaced by the other one it ends with 0 and makes the calls `cured`.
    """

    why: str
    calls: tuple[str, ...] = ()
    code: int = 0
    says: str = ""
    cure: tuple[tuple[str, str], ...] = ()
    cured: tuple[str, ...] = ()


def _no_pack_for_cats(says: str = "") -> Flaw:
    why = "Pack 260 has prompts for man and woman; the page itself says that the pack must support the class."
    return Flaw(why, (f"{PACK} 422",), says=says, cure=MAN, cured=(f"{PACK} 201",))


def _reads_a_file(prompts: str, tune: int) -> Flaw:
    why = "With -F, curl takes a value that begins with < for a file to read. And the LoRA is a placeholder."
    cure = ((f'-F prompt[text]="{LORA}', f'--form-string prompt[text]="<lora:{tune}:1.0>'),)
    return Flaw(why, code=26, says="curl: (26)", cure=cure, cured=(f"{prompts} 201",))


def _placeholder_lora() -> Flaw:
    why = "The LoRA of the text is a placeholder, which names no tune."
    cure = ((LORA, "<lora:89:1.0>"),)
    return Flaw(why, (f"{FLUX_PROMPTS} 422",), cure=cure, cured=(f"{FLUX_PROMPTS} 201",))


def _like_of_a_placeholder() -> Flaw:
    why = "The id in the path is a placeholder."
    return Flaw(why, (LITERAL_LIKE,), cure=(PROMPT_ID,), cured=(LIKE,))


def _like_in_node() -> Flaw:
    why = "A quote opened by a backtick; then the placeholder, and JSON is read from an empty answer."
    cure = (BACKTICK, PROMPT_ID, NO_JSON)
    return Flaw(why, code=1, says="SyntaxError", cure=cure, cured=(LIKE,))


BROKEN: dict[str, Flaw] = {
    "0-tune/2-retrieve:44": Flaw(
        "The headers are made but not passed.",
        ("GET /tunes/1 401",),
        cure=(("/tunes/1')", "/tunes/1', headers=headers)"),),
        cured=("GET /tunes/1 200",),
    ),
    "05-flux-api:214": _reads_a_file(FLUX_PROMPTS, 89),
    "05-flux-api:223": _placeholder_lora(),
    "05-flux-api:247": _placeholder_lora(),
    "1-prompt/1-create:130": Flaw(
        "A quote opened by a backtick; then form-data refuses booleans.",
        code=1,
        says="SyntaxError",
        cure=(BACKTICK, BOOLEANS),
        cured=("POST /tunes/1/prompts 201",),
    ),
    "1-prompt/1-create:156": Flaw(
        "load_image and prompt are nowhere defined, nor said to be.",
        code=1,
        says="NameError: name 'load_image' is not defined",
        cure=((READ_PHOTO, PHOTO),),
        cured=("POST /tunes/1/prompts 201",),
    ),
    "2-pack/1-list:45": Flaw(
        "The headers are made but not passed; only the gallery needs none.",
        ("GET /packs 401", "GET /gallery/packs 200"),
        cure=(("packs')", "packs', headers=headers)"),),
        cured=("GET /packs 200", "GET /gallery/packs 200"),
    ),
    "2-pack/2-tunes/0-create:72": _no_pack_for_cats('{"name": ['),
    "2-pack/2-tunes/0-create:83": _no_pack_for_cats('{"name": ['),
    "2-pack/2-tunes/0-create:111": _no_pack_for_cats("{ name: ["),
    "20-sdxl-api:38": _reads_a_file(SDXL_PROMPTS, 90),
    "20-sdxl-api:50": Flaw(
        "form-data refuses booleans. And the LoRA is a placeholder.",
        code=1,
        says="ERR_INVALID_ARG_TYPE",
        cure=(BOOLEANS, (LORA, "<lora:90:1.0>")),
        cured=(f"{SDXL_PROMPTS} 201",),
    ),
    "20-sdxl-api:77": Flaw(
        "i, load_image and prompt are nowhere defined; the file would go by a key of tunes, and is not sent.",
        code=1,
        says="NameError: name 'i' is not defined",
        cure=(
            ('f"tune[prompts_attributes][{i}][input_image]"', '"prompt[input_image]"'),
            (READ_PHOTO, PHOTO),
            ("headers=headers, data=data", "headers=headers, data=data, files=files"),
            (LORA, "<lora:90:1.0>"),
        ),
        cured=(f"{SDXL_PROMPTS} 201",),
    ),
    "3-like/0-create:32": _like_of_a_placeholder(),
    "3-like/0-create:38": _like_in_node(),
    "3-like/0-create:56": _like_of_a_placeholder(),
    # Deleting is printed as the same POST as creating: so /like takes back what it gave.
    "3-like/1-delete:31": _like_of_a_placeholder(),
    "3-like/1-delete:37": _like_in_node(),
    "3-like/1-delete:55": _like_of_a_placeholder(),
    "4-images/1-inspect:203": Flaw(
        "Methods of a class in a browser's page, not a program; they call the page's own server.",
        code=1,
        says="SyntaxError",
    ),
    "5-themes/1-create:38": Flaw(
        "A prompt has at most eight images.",
        (f"{THEMES} 422",),
        says="num_images",
        cure=(("[num_images]=123", "[num_images]=4"),),
        cured=(f"{THEMES} 201",),
    ),
    "5-themes/1-create:50": Flaw(
        "It says JSON but sends a form. Then, a prompt has at most eight images, and the answer is empty.",
        (f"{THEMES} 400",),
        says="error",
        cure=(
            ("data=data", "json=data"),
            ('"num_images": 123', '"num_images": 4'),
            ("response.json()", "response.status_code"),
        ),
        cured=(f"{THEMES} 201",),
    ),
    "5-themes/1-create:74": Flaw(
        "A prompt has at most eight images.",
        (f"{THEMES} 422",),
        says="num_images",
        cure=(("num_images: 123", "num_images: 4"),),
        cured=(f"{THEMES} 201",),
    ),
}
