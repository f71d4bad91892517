"""Planting one wrong rule: a module is loaded with one passage changed, and all that uses it anew.

The module on disk stays as it is; when the run is over the real modules are back in their places.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Final, Literal, NamedTuple

import yaml

ROOT: Final = Path(__file__).parents[2]
_CORE: Final = "services.aggregator.core."
_COHORTS: Final = "services.query.cohorts."
_QUERY: Final = "services.query."
_PLAYED: Final = ("tests.properties.pure_driver", "tests.scenarios")
_ANEW: Final = {
    _CORE: (_CORE.rstrip("."), *_PLAYED),
    _COHORTS: (_COHORTS.rstrip("."), *_PLAYED),
    _QUERY: (_QUERY.rstrip("."), *_PLAYED),
    "": (_CORE.rstrip("."), _QUERY.rstrip("."), "schemas", *_PLAYED),
}
"""Package of the changed module -> what may hold on to a changed function: it is loaded again."""

_OURS: Final = ("services.", "schemas.", "tests.")

Kind = Literal["date basis", "person", "no retraction", "double count", "rule"]


class Mutation(NamedTuple):
    """A wrong rule: the passage of a module that is right, and what is wrong instead."""

    name: str
    family: str
    kind: Kind
    module: str
    right: str
    wrong: str


def listed(folder: Path = ROOT / "tests" / "mutations" / "wrong_rules") -> list[Mutation]:
    """Read the lists: a file for each family of the catalogue, for its core and for reading.

    Shape:  name: {kind, in, right, wrong}; `in` is a module, 'core.' short for that of the fold.
    """
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for name, given in yaml.safe_load(path.read_text()).items():
            module = given["in"]
            module = f"services.aggregator.{module}" if module.startswith("core.") else module
            rule = (given["kind"], module, given["right"], given["wrong"])
            found.append(Mutation(name, path.stem, *rule))
    return found


class GoneError(LookupError):
    """The passage that is to be changed does not stand in its module exactly once."""


def wrong_source(mutation: Mutation) -> str:
    """Return the module's source with the wrong rule; raises GoneError."""
    base = ROOT.joinpath(*mutation.module.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    source = path.read_text()
    if source.count(mutation.right) != 1:
        raise GoneError(f"{mutation.name}: {source.count(mutation.right)} times in {path.name}")
    return source.replace(mutation.right, mutation.wrong)


class _Planter(MetaPathFinder, Loader):
    def __init__(self, mutation: Mutation) -> None:
        self.module = mutation.module
        self.code = compile(wrong_source(mutation), f"<{mutation.name}>", "exec")
        found = importlib.util.find_spec(mutation.module)
        assert found is not None
        self.places = found.submodule_search_locations

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        spec = ModuleSpec(fullname, self, is_package=self.places is not None)
        spec.submodule_search_locations = self.places
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 - the mutant is what is tested


@contextmanager
def planted(mutation: Mutation) -> Iterator[None]:
    """Plant a wrong rule; what is imported inside uses it.

    Errors: GoneError; SyntaxError where the wrong passage is no Python.
    """
    planter = _Planter(mutation)
    again = next(names for start, names in _ANEW.items() if mutation.module.startswith(start))
    kept = {name: module for name, module in sys.modules.items() if name.startswith(again)}
    before = set(sys.modules)
    for name in kept:
        del sys.modules[name]

    def is_new(name: str) -> bool:
        """Whoever was first imported inside may hold on to what is wrong."""
        return name not in before and name.startswith(_OURS)

    sys.meta_path.insert(0, planter)
    try:
        yield
    finally:
        sys.meta_path.remove(planter)
        for name in [name for name in sys.modules if name.startswith(again) or is_new(name)]:
            del sys.modules[name]
        sys.modules.update(kept)


def imported(name: str) -> ModuleType:
    """Import a module as it is now."""
    return importlib.import_module(name)
