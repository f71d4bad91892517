"""All that an answer of the query service says, as text: files and beginnings of streams too."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

import httpx

from tests.access.company import Company

_TLS: Final = httpx.create_ssl_context()


def text_of(company: Company, kind: str, path: str, parameters: Mapping[str, str]) -> str:
    """Return what a kind of viewer is told; of a stream the first message."""
    headers = {"Authorization": f"Bearer {company.tokens[kind]}"}
    url = f"{company.stack.query_url}{path}"
    given = dict(parameters)
    with (
        httpx.Client(timeout=30, verify=_TLS) as client,
        client.stream("GET", url, params=given, headers=headers) as answer,
    ):
        if answer.headers["content-type"].startswith("text/event-stream"):
            found = ""
            for line in answer.iter_lines():
                found += line
                if line.startswith("data:"):
                    return found
        body = answer.read()
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as sheets:
        return "".join(sheets.read(name).decode() for name in sheets.namelist())
