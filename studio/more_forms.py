"""What people type for more pictures on a model, and the order that comes of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from astria import ColorGrading, Style
from packs.pricing import price_of_images
from studio.models import Prompt, Shoot, Tune
from studio.ordering_more import (
    MAX_TEXT,
    MAX_THEME,
    SEEDS,
    THEME_PROMPTS,
    images_like,
    is_enlarged,
    one_line,
    order_more_like,
    order_prompt,
    order_theme,
    problems_with_theme,
)
from studio.posting import subject_of
from studio.wishes import (
    MAX_IMAGES,
    MAX_NEGATIVE,
    Look,
    problems_with_look,
    problems_with_text,
    takes_negative,
)

LEAST_WORDS, MOST_WORDS = 2, 5
SHAPES = [
    ("", _("As the model's base likes it")),
    ("1:1", _("Square, 1:1")),
    ("4:5", _("Portrait, 4:5")),
    ("3:4", _("Portrait, 3:4")),
    ("2:3", _("Tall, 2:3")),
    ("3:2", _("Landscape, 3:2")),
    ("16:9", _("Wide, 16:9")),
]


def numbers_at_a_price(prompts: int = 1, *, enlarged: bool = False) -> list[tuple[int, str]]:
    """Return how many pictures of each of so many prompts may be ordered, each with its price."""
    choices = []
    for number in range(1, MAX_IMAGES + 1):
        images = number * prompts
        pictures = ngettext("%(n)d picture", "%(n)d pictures", images) % {"n": images}
        price = price_of_images(images, enlarged=enlarged)
        cost = ngettext("%(n)d credit", "%(n)d credits", price) % {"n": price}
        choices.append((number, f"{pictures}: {cost}"))
    return choices


def _in_credits_more(price: int) -> str:
    """Return what something costs beside the picture itself; "" if nothing."""
    more = ngettext("%(n)d credit more for each picture.", "%(n)d credits more for each picture.", price)
    return more % {"n": price} if price else ""


class MoreForm(forms.Form):
    """The number of pictures; whatever else is asked for, and the order, is each subclass's."""

    prompts = 1
    num_images = forms.TypedChoiceField(label=_("How many"), coerce=int)

    def __init__(self, tune: Tune, data: Any = None, *, enlarged: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.tune, self.enlarged = tune, enlarged
        number = self.fields["num_images"]
        assert isinstance(number, forms.ChoiceField)
        number.choices = numbers_at_a_price(self.prompts, enlarged=enlarged)

    def _price(self, price_per_image: int) -> int:
        return price_per_image * self.prompts * int(self.cleaned_data["num_images"])


class LikeForm(MoreForm):
    """More like a shot."""

    def __init__(self, prompt: Prompt, data: Any = None) -> None:
        self.prompt = prompt
        enlarged, initial = is_enlarged(prompt.shoot.wish), {"num_images": images_like(prompt)}
        super().__init__(prompt.shoot.tune, data, enlarged=enlarged, initial=initial)

    def order(self, key: str, price_per_image: int) -> Shoot:
        """Order what the form says, at the price that was shown. Raises OrderRefused."""
        number, price = self.cleaned_data["num_images"], self._price(price_per_image)
        return order_more_like(self.prompt, key=key, num_images=number, price=price)


class ThemeForm(MoreForm):
    """A theme in a few words."""

    prompts = THEME_PROMPTS
    theme = forms.CharField(
        label=_("Theme"),
        help_text=_("Two to five words, such as “autumn in the city”. Astria thinks up ten shots for it."),
        max_length=MAX_THEME,
        error_messages={"required": _("Write two to five words.")},
    )
    aspect = forms.ChoiceField(label=_("Shape"), choices=SHAPES, required=False)
    field_order = ("theme", "num_images", "aspect")

    def clean_theme(self) -> str:
        theme = one_line(self.cleaned_data["theme"])
        problems = list(problems_with_theme(self.tune, theme))
        if not LEAST_WORDS <= len(theme.split()) <= MOST_WORDS:
            problems.append(str(_("Write two to five words. Nothing was charged.")))
        if problems:
            raise forms.ValidationError(problems)
        return theme

    def order(self, key: str, price_per_image: int) -> Shoot:
        """Order what the form says, at the price that was shown. Raises OrderRefused."""
        said = self.cleaned_data
        asked = {"num_images": said["num_images"], "aspect": said["aspect"]}
        return order_theme(self.tune, said["theme"], key=key, price=self._price(price_per_image), **asked)


class WordsForm(MoreForm):
    """A prompt of one's own, with the settings that matter."""

    text = forms.CharField(
        label=_("What the pictures show"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=MAX_TEXT,
        error_messages={"required": _("Write what the pictures should show.")},
    )
    aspect = forms.ChoiceField(label=_("Shape"), choices=SHAPES, required=False)
    style = forms.ChoiceField(
        label=_("Style"), choices=[("", _("None")), *((it.value, it.value) for it in Style)], required=False
    )
    color_grading = forms.ChoiceField(
        label=_("Colours of a film"),
        choices=[("", _("None")), *((it.value, it.value) for it in ColorGrading)],
        required=False,
    )
    film_grain = forms.BooleanField(label=_("Film grain"), required=False)
    super_resolution = forms.BooleanField(label=_("Enlarge four times (super resolution)"), required=False)
    face_correct = forms.BooleanField(label=_("Correct faces"), required=False)
    inpaint_faces = forms.BooleanField(
        label=_("Paint faces anew"), help_text=_("Only in enlarged pictures."), required=False
    )
    negative_prompt = forms.CharField(
        label=_("What must not show"),
        help_text=_("Words with commas between them, such as “hat, glasses”."),
        max_length=MAX_NEGATIVE,
        required=False,
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        help_text=_("The same number and the same words make the same pictures. Empty: another each time."),
        min_value=0,
        max_value=SEEDS - 1,
        required=False,
    )
    field_order = ("text", "num_images")

    def __init__(self, tune: Tune, data: Any = None) -> None:
        super().__init__(tune, data, initial={"num_images": 4})
        more = price_of_images(1, enlarged=True) - price_of_images(1)
        self.fields["super_resolution"].help_text = _in_credits_more(more)
        who = subject_of(tune) if tune.token else ""
        self.fields["text"].help_text = (
            _("English works best. We put “%(who)s” in front: so your model is called.") % {"who": who}
            if who
            else _("English works best. We put the name of your model in front.")
        )
        if not takes_negative(tune):
            del self.fields["negative_prompt"]

    @property
    def folded(self) -> list[forms.BoundField]:
        """The fields that are folded away."""
        return [field for field in self if field.name not in {"text", "num_images"}]

    @property
    def is_open(self) -> bool:
        """Whether something in the fold was chosen, or is wrong."""
        return self.is_bound and any(field.errors or field.value() for field in self.folded)

    def clean_text(self) -> str:
        text = one_line(self.cleaned_data["text"])
        if problems := list(problems_with_text(text, MAX_TEXT)):
            raise forms.ValidationError(problems)
        return text

    def clean(self) -> dict[str, Any]:
        """What only goes together is wrong where it was asked for."""
        said = self.cleaned_data
        self.enlarged = bool(said.get("super_resolution"))
        if said.get("inpaint_faces") and not said.get("super_resolution"):
            self.add_error("inpaint_faces", list(problems_with_look(Look(inpaint_faces=True), self.tune)))
        negative = one_line(said.get("negative_prompt", ""))
        if negative and (problems := list(problems_with_look(Look(negative_prompt=negative), self.tune))):
            self.add_error("negative_prompt", problems)
        return said | {"negative_prompt": negative}

    def order(self, key: str, price_per_image: int) -> Shoot:
        """Order what the form says, at the price that was shown. Raises OrderRefused."""
        said = self.cleaned_data
        look = Look(**{name: said[name] for name in Look.__dataclass_fields__})
        return order_prompt(
            self.tune,
            said["text"],
            key=key,
            seed=said["seed"],
            num_images=said["num_images"],
            look=look,
            price=self._price(price_per_image),
        )
