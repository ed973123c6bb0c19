"""`python -m tools.api_coverage`: write docs/api-coverage.md from the code of client, sandbox and tests.

`--check` writes nothing and fails when the page is not what the code says. Either way it fails when an
endpoint is missing somewhere.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints, is_typeddict

import astria
from astria.endpoints import ENDPOINTS, Endpoint
from sandbox.process import Sandbox, running
from sandbox.routes import Route, read_routes
from tools.api_observed import Observer

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api-coverage.md"
CONTRACT = ROOT / "tests" / "contract"
PUBLIC = re.compile(r"/|/favicon\.ico|/(?:mp|covers|sandbox)/.*")
# What the sandbox answers and no method of the client asks for, and why.
NOT_IN_THE_CLIENT = {
    "POST /prompts/:prompt_id/like": "the older address; it toggles, so a repeated call would undo the first",
    "DELETE /prompts/:prompt_id/like": "the older address of DELETE /prompts/:id/likes",
    "GET /cli/models": "a list for Astria's own command line tool, no part of the API's pages",
}
# Parameters that a method takes as one argument, and how they are sent to the endpoint that shows them best.
GROUPS = (
    ("TuneAttributes", "Tunes.create", ""),
    ("TuneChanges", "Tunes.update", ""),
    ("PromptAttributes", "Prompts.create", ""),
    ("NestedPromptAttributes", "Tunes.create", "prompts_attributes"),
    ("PromptChanges", "Prompts.update", ""),
    ("ThemePromptAttributes", "Themes.create", "prompt_attributes"),
)
HEAD = """# The API, endpoint by endpoint

Written by `make api-coverage` from the code; do not edit. What client and sandbox check was found out by
sending each of them what is wrong: the client's words are those of its InvalidParameter, raised before any
call; the sandbox's are its status and message.
"""


class Row(NamedTuple):
    """A parameter: its name, its type, and what client and sandbox check."""

    name: str
    kind: str
    client: str
    sandbox: str


@dataclass(frozen=True)
class Proof:
    """A contract test that says it proves an endpoint."""

    endpoint: str
    file: str
    live: bool


def main(arguments: Sequence[str]) -> int:
    """Write or check the page; returns the exit code."""
    # Slow, so that nothing that is ordered is worked on while the next call waits for its answer.
    with (
        tempfile.TemporaryDirectory() as data,
        running(Path(data), "--speed", "0.01", "--pictures", "small") as sandbox,
    ):
        page, problems = written(sandbox)
    if "--check" in arguments:
        problems += (
            [] if PAGE.read_text() == page else [f"{PAGE.name} is not what the code says: make api-coverage"]
        )
    else:
        PAGE.write_text(page)
    print("\n".join(problems), file=sys.stderr)
    return 1 if problems else 0


def written(sandbox: Sandbox) -> tuple[str, list[str]]:
    """Return the page, and what is missing."""
    observer, proofs = Observer.at(sandbox), proofs_of(CONTRACT)
    routes = [route for route in read_routes() if not PUBLIC.fullmatch(route.path)]
    parts = [HEAD, endpoint_table(routes, proofs), exception_table(routes)]
    parts += [
        f"## {name}\n\n{parameter_table(rows_of(observer, name, call, within))}"
        for name, call, within in GROUPS
    ]
    parts += ["## Other parameters\n\n" + parameter_table(argument_rows(observer))]
    return "\n".join(parts), missing(routes, proofs)


def shape(call: str) -> str:
    """Return an endpoint without the names of its ids, which client and sandbox choose for themselves."""
    return re.sub(r":\w+", ":", call)


def endpoint_table(routes: Sequence[Route], proofs: Sequence[Proof]) -> str:
    """Return the table of endpoints."""
    views = {shape(f"{route.method} {route.path}"): route.view for route in routes}
    rows = []
    for endpoint in in_order():
        call = f"{endpoint.method} {endpoint.path}"
        source = f" ({endpoint.source.removeprefix('docs/api/')})" if endpoint.source else " (undocumented)"
        proved = tests_of([proof for proof in proofs if shape(proof.endpoint) == shape(call)])
        view = f"`{views[shape(call)]}`" if shape(call) in views else ""
        rows.append((f"`{call}`{source}", parameters(endpoint), client_name(endpoint), view, proved))
    return table(("endpoint", "parameters", "client", "sandbox", "tests"), rows)


def in_order() -> list[Endpoint]:
    """Return the client's endpoints as the documentation orders them."""
    order = ("/tunes", "/prompts", "/packs", "/p/", "/gallery", "/images", "/themes", "/users")

    def place(endpoint: Endpoint) -> tuple[int, str, str, str]:
        path = endpoint.path
        at = (
            1
            if "prompts" in path
            else next((n for n, start in enumerate(order) if path.startswith(start)), 9)
        )
        return at, path, endpoint.method, endpoint.call

    return sorted(ENDPOINTS, key=place)


def exception_table(routes: Sequence[Route]) -> str:
    """Return the table of what only the sandbox answers."""
    rows = [
        (
            f"`{route.method} {route.path}`",
            f"`{route.view}`",
            NOT_IN_THE_CLIENT[f"{route.method} {route.path}"],
        )
        for route in routes
        if f"{route.method} {route.path}" in NOT_IN_THE_CLIENT
    ]
    return "## In the sandbox alone\n\n" + table(("endpoint", "sandbox", "why not in the client"), rows)


def missing(routes: Sequence[Route], proofs: Sequence[Proof]) -> list[str]:
    """Return what one of client, sandbox and tests has and another lacks."""
    called = {shape(f"{endpoint.method} {endpoint.path}") for endpoint in ENDPOINTS}
    answered = {shape(f"{route.method} {route.path}") for route in routes}
    excused = {shape(call) for call in NOT_IN_THE_CLIENT}
    proved = {shape(proof.endpoint) for proof in proofs}
    return [
        *(f"the sandbox does not answer {call}" for call in sorted(called - answered)),
        *(f"the client does not call {call}" for call in sorted(answered - called - excused)),
        *(f"no contract test proves {call}" for call in sorted(called - proved)),
        *(
            f"a contract test names {call}, which the client does not call"
            for call in sorted(proved - called)
        ),
        *(f"{call} needs no excuse" for call in sorted(excused & called | excused - answered)),
    ]


def proofs_of(folder: Path) -> list[Proof]:
    """Return what the marked tests of a folder say they prove, read without running them."""
    return [proof for path in sorted(folder.glob("test_*.py")) for proof in _proofs_in(path)]


def _proofs_in(path: Path) -> Iterator[Proof]:
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    # A client of its own speaks to the sandbox alone.
    live = all(function.name != "client" for function in functions)
    for function in functions:
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.endpoint":
                yield from (Proof(ast.literal_eval(name), path.name, live) for name in mark.args)


def tests_of(proofs: Sequence[Proof]) -> str:
    """Return in which files an endpoint is proved, by how many tests, and against what."""
    counted = Counter((proof.file, proof.live) for proof in proofs)
    return ", ".join(
        f"{file} {count}{'' if live else ' (sandbox only)'}" for (file, live), count in counted.items()
    )


def client_name(endpoint: Endpoint) -> str:
    """Return the method as one writes it."""
    resource, method = endpoint.call.split(".")
    return f"`{resource.lower()}.{method}`"


def signature_of(endpoint: Endpoint) -> dict[str, Any]:
    """Return the arguments of a method and their types; a TypedDict stands for its members."""
    hints = get_type_hints(endpoint.function)
    found: dict[str, Any] = {}
    for name, parameter in inspect.signature(endpoint.function).parameters.items():
        if name in ("self", "extra"):
            continue
        hint = hints[name]
        found[name] = get_args(hint)[0] if parameter.kind is parameter.VAR_KEYWORD else hint
    return found


def parameters(endpoint: Endpoint) -> str:
    """Return the parameters of an endpoint, those of groups by the group's name."""
    in_path = set(re.findall(r":(\w+)", endpoint.path))
    names = []
    for name, hint in signature_of(endpoint).items():
        groups = [group for group in members(hint) if is_typeddict(group)]
        if (
            name == "tune_id"
            and name not in in_path
            and endpoint.method != "POST"
            and "tunes" not in endpoint.call.lower()
        ):
            continue
        title = groups[0].__name__ if groups else ""
        link = f"[{title}](#{title.lower()})"
        names.append(
            f"`{name}` of {link}" if groups and hint is not groups[0] else link if groups else f"`{name}`"
        )
    return ", ".join(names) or "none"


def members(hint: Any) -> list[Any]:
    """Return the types in a type."""
    return [hint, *(inner for argument in get_args(hint) for inner in members(argument))]


def rows_of(observer: Observer, group: str, call: str, within: str) -> list[Row]:
    """Return the rows of a group; what it inherits stands in the other's table."""
    kind = getattr(astria, group)
    inherited = set() if group == "PromptAttributes" else set(astria.PromptAttributes.__annotations__)
    names = [
        name for name in kind.__annotations__ if group != "NestedPromptAttributes" or name not in inherited
    ]
    endpoint = endpoint_of(call)
    hints = get_type_hints(kind)
    return [row(observer, endpoint, name, hints[name], within) for name in names]


def argument_rows(observer: Observer) -> list[Row]:
    """Return the rows of arguments that are in no group."""
    return [
        row(observer, endpoint, name, hint, "")._replace(name=f"{client_name(endpoint)} `{name}`")
        for endpoint in {endpoint.call: endpoint for endpoint in in_order()}.values()
        for name, hint in signature_of(endpoint).items()
        if not any(is_typeddict(member) for member in members(hint))
    ]


def row(observer: Observer, endpoint: Endpoint, name: str, hint: Any, within: str) -> Row:
    """Return what there is to say of one parameter."""
    checks = observer.client_check(endpoint, name, within), observer.sandbox_check(endpoint, name, within)
    return Row(f"`{name}`", type_name(hint), *checks)


def endpoint_of(call: str) -> Endpoint:
    """Return the first endpoint of a method."""
    return next(endpoint for endpoint in ENDPOINTS if endpoint.call == call)


def type_name(hint: Any) -> str:
    """Return a type as a reader knows it, without None, which every parameter may be."""
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(type_name(each) for each in get_args(hint) if each is not NoneType)
    inner = ", ".join(type_name(each) for each in get_args(hint))
    name = getattr(hint, "__name__", str(hint))
    return f"{name} of {inner}" if inner else name


def parameter_table(rows: Sequence[Row]) -> str:
    """Return a table of parameters."""
    return table(("parameter", "type", "client", "sandbox"), rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
