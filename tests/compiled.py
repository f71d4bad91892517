"""Run a module against the compiled core (decision 0042).

    python -m tests.compiled tests.benchmarks
    python -m tests.compiled pytest tests/scenarios

build/compiled looks like the project, with a copy of `services` in which the core is compiled in
place; everything else there is a link. It is compiled anew where a source of the core differs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOOKALIKE = ROOT / "build" / "compiled"
_CORE = Path("services") / "aggregator" / "core"
_NOT_LINKED = frozenset({"services", ".git", ".venv"})


def can_compile() -> bool:
    """Say whether a C compiler is at hand: mypyc makes C of Python."""
    return shutil.which(os.environ.get("CC", "cc")) is not None


def make() -> Path:
    """Bring build/compiled up to date; return it.

    Errors: subprocess.CalledProcessError, with the compiler's words on stderr.
    """
    LOOKALIKE.mkdir(parents=True, exist_ok=True)
    for entry in ROOT.iterdir():
        link = LOOKALIKE / entry.name
        if entry.name not in _NOT_LINKED and not os.path.lexists(link):
            link.symlink_to(entry, target_is_directory=entry.is_dir())
    digest = _digest()
    stamp = LOOKALIKE / "core.digest"
    is_fresh = stamp.exists() and stamp.read_text() == digest
    _copy_services(keep_built=is_fresh)
    if not is_fresh:
        _compile()
        stamp.write_text(digest)
    return LOOKALIKE


def _digest() -> str:
    sources = [ROOT / "setup.py", *sorted((ROOT / _CORE).rglob("*.py"))]
    content = b"\0".join(path.read_bytes() for path in sources)
    return blake2b(content + sys.version.encode(), digest_size=16).hexdigest()


def _copy_services(*, keep_built: bool) -> None:
    copied = LOOKALIKE / "services"
    old = [*copied.rglob("*.py")]
    if not keep_built:
        old += [path for path in copied.rglob("*") if path.suffix in {".so", ".pyd"}]
        old += LOOKALIKE.glob("*__mypyc.*")
    for path in old:
        path.unlink()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "services", copied, ignore=ignored, dirs_exist_ok=True)


def _compile() -> None:
    subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_ext", "--inplace"],
        cwd=LOOKALIKE,
        env={**os.environ, "SALESPULSE_COMPILE": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def main(arguments: list[str]) -> int:
    """Compile and run; return the exit code of what ran."""
    folder = ROOT
    if can_compile():
        folder = make()
    else:
        sys.stderr.write("no C compiler here: the core runs as it is\n")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, check=False
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
