"""Running a sample as it is printed: host and key are substituted, what it takes for granted is there.

A sample runs in a directory with photos by the names that samples use. The absolute path that three samples
print is substituted as well; names that samples say are "already defined in your context" are defined above.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.astria.docs.extraction import Sample
from tests.sandbox.process import PHOTOS

KEY = "sd_documentation"
MODULES = Path(__file__).parent / "node_modules"
PRINTED_KEYS = re.compile(r"YOUR_API_KEY|sd_X{4,6}(?!X)")
PRINTED_PHOTO = "/path/to/your/image.jpg"
SECONDS = 60

PYTHON_CONTEXT = f"""\
from types import SimpleNamespace
API_KEY = {KEY!r}
prompts = [
    {{"text": "ohwx man in a park", "negative_prompt": "blurry", "image_data": None}},
    {{"text": "ohwx man by a lake", "negative_prompt": "", "image_data": True, "controlnet": "pose",
      "input_image": "1.jpg"}},
]
tune = SimpleNamespace(images=["1.jpg", "2.jpg"])
"""
NODE_CONTEXT = {"API_KEY": KEY, "DOMAIN": "https://api.astria.ai"}


@dataclass(frozen=True)
class Ran:
    """What came of a sample: its exit code, and all it said."""

    code: int
    said: str


def run(sample: Sample, text: str, url: str, directory: Path) -> Ran:
    """Run `text`, which is the sample's own or a cured one, against the sandbox at `url`."""
    _lay_out(directory)
    program = PRINTED_KEYS.sub(KEY, text).replace(PRINTED_PHOTO, str(directory / "1.jpg"))
    command = _written(sample.language, program, url, directory)
    # NO_PROXY: the sandbox is on this machine, whatever this machine's settings say.
    environment = os.environ | {"API_KEY": KEY, "NO_PROXY": "*"}
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def _lay_out(directory: Path) -> None:
    for name in ("samples", "assets"):
        (directory / name).mkdir(exist_ok=True)
    for number in range(1, 5):
        for place in (directory, directory / "samples"):
            shutil.copy(PHOTOS / f"person-{number}.jpg", place / f"{number}.jpg")
    shutil.copy(PHOTOS / "person-1.jpg", directory / "assets" / "image.jpeg")
    shutil.copy(PHOTOS / "person-1.jpg", directory / "samples" / "pose.png")
    if not (directory / "node_modules").exists():
        (directory / "node_modules").symlink_to(MODULES)


def _written(language: str, program: str, url: str, directory: Path) -> list[str]:
    """Write the program to a file and return the command that runs it."""
    if language == "curl":
        name, head, interpreter = "sample.sh", "", "bash"
    elif language == "python":
        name, head, interpreter = "sample.py", PYTHON_CONTEXT, sys.executable
    else:
        name, head, interpreter = _node_file(program), _node_context(program), "node"
    file = directory / name
    file.write_text((head + program).replace("https://api.astria.ai", url))
    return [interpreter, str(file)]


def _node_file(program: str) -> str:
    return "sample.mjs" if re.search(r"^import ", program, re.MULTILINE) else "sample.cjs"


def _node_context(program: str) -> str:
    """Return declarations of the names that the program uses but does not declare."""
    missing = (
        (name, value)
        for name, value in NODE_CONTEXT.items()
        if re.search(rf"\b{name}\b", program) and not re.search(rf"\bconst {name}\b", program)
    )
    return "".join(f"const {name} = {value!r};\n" for name, value in missing)
