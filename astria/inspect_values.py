"""The values that inspection may find, by key. "" stands where nothing applies; newer ones may appear.

Source of all: docs/api/4-images/1-inspect
"""

from __future__ import annotations

from enum import StrEnum


class Ethnicity(StrEnum):
    """Values of `ethnicity`. Source: docs/api/4-images/1-inspect"""

    CAUCASIAN = "caucasian"
    BLACK = "black"
    HISPANIC = "hispanic"
    KOREAN = "korean"
    JAPANESE = "japanese"
    CHINESE = "chinese"
    PHILIPPINE = "philippine"
    ASIAN = "asian"
    INDIAN = "indian"
    ARABIC = "arabic"
    CARIBBEAN = "caribbean"
    AFRICAN = "african"


class Age(StrEnum):
    """Values of `age`. Source: docs/api/4-images/1-inspect"""

    TWENTY = "20 yo"
    THIRTY = "30 yo"
    FORTY = "40 yo"
    FIFTY = "50 yo"
    SIXTY = "60 yo"
    SEVENTY = "70 yo"


class Glasses(StrEnum):
    """Values of `glasses`. Source: docs/api/4-images/1-inspect"""

    GLASSES = "glasses"


class EyeColor(StrEnum):
    """Values of `eye_color`. Source: docs/api/4-images/1-inspect"""

    BLUE = "blue eyes"
    BROWN = "brown eyes"
    GREEN = "green eyes"
    GRAY = "gray eyes"
    BLACK = "black eyes"


class HairColor(StrEnum):
    """Values of `hair_color`; blonde and brunette are older words for two of them.

    Source: docs/api/4-images/1-inspect
    """

    BLONDE = "blonde"
    BRUNETTE = "brunette"
    RED_HAIR = "red hair"
    BLACK_HAIR = "black hair"
    BROWN_HAIR = "brown hair"
    BLONDE_HAIR = "blonde hair"
    GREY_HAIR = "grey hair"
    WHITE_HAIR = "white hair"
    PURPLE_HAIR = "purple hair"
    BLUE_HAIR = "blue hair"
    GREEN_HAIR = "green hair"
    PINK_HAIR = "pink hair"
    DYED_HAIR = "dyed hair"


class HairLength(StrEnum):
    """Values of `hair_length`. Source: docs/api/4-images/1-inspect"""

    BALD = "bald"
    SHORT = "short hair"
    MEDIUM = "medium hair"
    LONG = "long hair"
    VERY_LONG = "very long hair"


class HairStyle(StrEnum):
    """Values of `hair_style`. Source: docs/api/4-images/1-inspect"""

    DREADLOCKS = "dreadlocks"
    BALD = "bald"
    CORNROWS = "cornrows"
    STRAIGHT = "straight hair"
    CURLY = "curly hair"
    WAVY = "wavy hair"
    BALD_HEAD = "bald head"
    BALDING_TOP = "balding top"
    AFRO = "afro"
    SLICKED_BACK = "slicked back"
    COMB_OVER = "comb over"
    RECEDING_HAIRLINE = "receding hairline"
    UNDERCUT = "undercut"
    MAN_BUN = "man bun"
    MOHAWK = "mohawk"
    CREW_CUT = "crew cut"
    FAUX_HAWK = "faux hawk"
    BUZZ_CUT = "buzz cut"


class FacialHair(StrEnum):
    """Values of `facial_hair`. Source: docs/api/4-images/1-inspect"""

    MUSTACHE = "mustache"
    BEARD = "beard"
    GOATEE = "goatee"


class Baldness(StrEnum):
    """Values of `is_bald`. Source: docs/api/4-images/1-inspect"""

    BALD = "bald"


class BodyType(StrEnum):
    """Values of `body_type`. Source: docs/api/4-images/1-inspect"""

    SLIM = "slim body"
    AVERAGE = "average body"
    MUSCULAR = "muscular body"
    PLUS_SIZE = "plussize body"


class Headcover(StrEnum):
    """Values of `headcover`. Source: docs/api/4-images/1-inspect"""

    WITH_HEADCOVER = "with headcover"


class Flag(StrEnum):
    """What inspection answers yes or no to: most are reasons to leave a photo out.

    Source: docs/api/4-images/1-inspect
    """

    FUNNY_FACE = "funny_face"
    WEARING_SUNGLASSES = "wearing_sunglasses"
    WEARING_HAT = "wearing_hat"
    BLURRY = "blurry"
    INCLUDES_MULTIPLE_PEOPLE = "includes_multiple_people"
    FULL_BODY_IMAGE_OR_LONGSHOT = "full_body_image_or_longshot"
    SELFIE = "selfie"
    LOW_RESOLUTION = "low_resolution"
    LOW_QUALITY = "low_quality"


INSPECT_VALUES: dict[str, type[StrEnum]] = {
    "ethnicity": Ethnicity,
    "age": Age,
    "glasses": Glasses,
    "eye_color": EyeColor,
    "hair_color": HairColor,
    "hair_length": HairLength,
    "hair_style": HairStyle,
    "facial_hair": FacialHair,
    "is_bald": Baldness,
    "body_type": BodyType,
    "headcover": Headcover,
}
