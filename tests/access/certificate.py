"""A throw-away certificate that signs itself, for loopback, made by openssl in a folder."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple


class Certificate(NamedTuple):
    """The two files."""

    certificate: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """Make one that is valid for a day."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-days", "1", "-subj", "/CN=salespulse-test"),
        *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
        *("-out", str(made.certificate), "-keyout", str(made.key)),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return made
