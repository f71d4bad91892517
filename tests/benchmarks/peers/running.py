"""Starting a peer: each in a process of its own, with what its project needs.

Two of them need more than the lock of the tests has: Quix Streams an environment of its own (it
wants another pydantic than ours), Kafka Streams a compiler. Both are made once, in build/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Literal

from deploy.local.kafka import BUILD, maven
from deploy.local.once import made_once
from deploy.local.process import StartError
from deploy.local.services import ROOT
from tests.benchmarks.peers.counting import FIGURES

Peer = Literal["raw_consume", "kafka_streams_eos", "quix", "faust_table"]
PEERS: Final[tuple[Peer, ...]] = ("raw_consume", "kafka_streams_eos", "quix", "faust_table")
_HERE: Final = Path(__file__).parent
_STREAMS: Final = _HERE / "kafka_streams"
_PATIENCE_S: Final = 600


def run(peer: Peer, bootstrap: str, topic: str, count: int) -> dict[str, Any]:
    """Run a peer over the first `count` events of a topic; return what it printed.

    Errors: RuntimeError with its own words where it fails.
    """
    with tempfile.TemporaryDirectory(prefix="salespulse-peer-") as state:
        command = [*_program(peer), bootstrap, topic, str(count), state]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(f"the peer {peer} failed:\n{done.stdout}{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def prepare() -> None:
    """Make what the peers need, so that no clock runs meanwhile."""
    for peer in PEERS:
        _program(peer)


def _program(peer: Peer) -> Sequence[str]:
    match peer:
        case "kafka_streams_eos":
            log = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
            java, jars = shutil.which("java") or "java", f"{_jars()}{os.sep}*"
            return (java, log, "-cp", jars, "Counts", str(FIGURES))
        case "quix":
            python = environment(_HERE / "quix" / "requirements.lock")
            return (str(python), "-m", "tests.benchmarks.peers.quix")
        case _:
            return (sys.executable, "-m", f"tests.benchmarks.peers.{peer}")


def environment(lock: Path) -> Path:
    """Return the Python of an environment with what a lock lists, made where there is none.

    Errors: StartError with pip's own words.
    """

    def install(place: Path) -> None:
        python = place / "bin" / "python"
        for command in (
            (sys.executable, "-m", "venv", str(place)),
            (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--require-hashes", "-r", str(lock)),
        ):  # fmt: skip
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise StartError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")

    name = f"{lock.parent.name}-{_digest(lock)}"
    return made_once(BUILD / name, install) / "bin" / "python"


def _jars() -> Path:
    """Return the folder of the Kafka Streams peer and what it needs, compiled by Maven."""
    pom = _STREAMS / "pom.xml"

    def build(place: Path) -> None:
        target = place / "target"
        goals = ("package", "dependency:copy-dependencies")
        maven(pom, *goals, f"-Dplace={target}", f"-DoutputDirectory={place}")
        for jar in target.glob("*.jar"):
            jar.rename(place / jar.name)
        shutil.rmtree(target)

    sources = sorted(_STREAMS.rglob("*.java"))
    return made_once(BUILD / f"kafka-streams-{_digest(pom, *sources)}", build)


def _digest(*files: Path) -> str:
    found = blake2b(digest_size=6)
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()
