"""How long things take, in seconds at speed 1."""

from __future__ import annotations

TRAINING_SECONDS = 4.0
# branch=fast trains nothing, not even for show.
MOCK_SECONDS = 1.0
PROMPT_SECONDS = 0.4
THEME_SECONDS = 0.5
