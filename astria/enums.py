"""The words that Astria knows. Wherever one is asked for, the plain string does as well."""

from __future__ import annotations

from enum import StrEnum


class Branch(StrEnum):
    """The kind of base model; `fast` makes mock tunes for nothing. Source: docs/api/0-tune/1-create"""

    SD15 = "sd15"
    SDXL1 = "sdxl1"
    FLUX1 = "flux1"
    FAST = "fast"


class ModelType(StrEnum):
    """What a tune is trained to; none of them is a checkpoint. Source: docs/api/0-tune/1-create"""

    LORA = "lora"
    PTI = "pti"
    FACEID = "faceid"


class Preset(StrEnum):
    """How a Flux LoRA is trained. Source: docs/api/0-tune/1-create"""

    FLUX_LORA_FOCUS = "flux-lora-focus"
    FLUX_LORA_PORTRAIT = "flux-lora-portrait"
    FLUX_LORA_FAST = "flux-lora-fast"


class ClassName(StrEnum):
    """Class names that the documentation uses. Any English letters, digits and spaces are one.

    Source: docs/api/0-tune/1-create (name), docs/api/4-images/1-inspect (name)
    """

    MAN = "man"
    WOMAN = "woman"
    BOY = "boy"
    GIRL = "girl"
    BABY = "baby"
    CAT = "cat"
    DOG = "dog"
    STYLE = "style"


class Scheduler(StrEnum):
    """How pictures are sampled. Source: docs/api/1-prompt/1-create"""

    EULER = "euler"
    EULER_A = "euler_a"
    DPM_2M_KARRAS = "dpm++2m_karras"
    DPM_SDE_KARRAS = "dpm++sde_karras"
    DPM_2M = "dpm++2m"
    DPM_SDE = "dpm++sde"
    LCM = "lcm"
    TCD = "tcd"


class Style(StrEnum):
    """A look added to the text. Source: docs/api/1-prompt/1-create"""

    CINEMATIC = "Cinematic"
    ANIMATED = "Animated"
    DIGITAL_ART = "Digital Art"
    PHOTOGRAPHIC = "Photographic"
    FANTASY_ART = "Fantasy art"
    NEONPUNK = "Neonpunk"
    ENHANCE = "Enhance"
    COMIC_BOOK = "Comic book"
    LOWPOLY = "Lowpoly"
    LINE_ART = "Line art"


class ColorGrading(StrEnum):
    """The colours of a film. Source: docs/api/1-prompt/1-create"""

    FILM_VELVIA = "Film Velvia"
    FILM_PORTRA = "Film Portra"
    EKTAR = "Ektar"


class Controlnet(StrEnum):
    """What is kept of the input image. Source: docs/api/1-prompt/1-create"""

    COMPOSITION = "composition"
    REFERENCE = "reference"
    SEGROOM = "segroom"
    IPADAPTER = "ipadapter"
    LINEART = "lineart"
    CANNY = "canny"
    DEPTH = "depth"
    MLSD = "mlsd"
    HED = "hed"
    POSE = "pose"
    TILE = "tile"
    QR = "qr"


class AspectRatio(StrEnum):
    """Width to height. Source: docs/api/1-prompt/1-create"""

    SQUARE = "1:1"
    WIDE_16_9 = "16:9"
    TALL_9_16 = "9:16"
    WIDE_21_9 = "21:9"
    TALL_9_21 = "9:21"
    WIDE_3_2 = "3:2"
    TALL_2_3 = "2:3"
    WIDE_5_4 = "5:4"
    TALL_4_5 = "4:5"
    WIDE_4_3 = "4:3"
    TALL_3_4 = "3:4"


class LegacyAspectRatio(StrEnum):
    """Width to height as `ar`, the older parameter, words it. Source: docs/api/1-prompt/1-create"""

    SQUARE = "1:1"
    PORTRAIT = "portrait"
    WIDE_16_9 = "16:9"
    LANDSCAPE = "landscape"


class Resolution(StrEnum):
    """The size of pictures, for models that offer it. Source: docs/api/1-prompt/1-create"""

    ONE_K = "1K"
    TWO_K = "2K"
    FOUR_K = "4K"


class VideoResolution(StrEnum):
    """The size that a video is scaled up to. Source: docs/api/1-prompt/1-create"""

    P720 = "720p"
    P1080 = "1080p"
    TWO_K = "2k"
    FOUR_K = "4k"
