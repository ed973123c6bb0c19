"""The catalogue: what can be ordered, in how many pictures, at what price."""

from __future__ import annotations

from packs.models.comparison import Comparison
from packs.models.figures import Figures
from packs.models.pack import Pack, PackClass
from packs.models.shot import PackPrompt

__all__ = ["Comparison", "Figures", "Pack", "PackClass", "PackPrompt"]
