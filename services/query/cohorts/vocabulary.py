"""Which sources, groups, stages and campaigns there are: what was named, or an event ever said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from schemas.tables import NOBODY
from services.query.basis import Basis, Command
from services.query.problems import Problem, invalid

Kind = Literal["source", "group", "relationship", "campaign"]
MOST_KNOWN: Final = 20
PUBLIC: Final[dict[Kind, str]] = {
    "source": "source",
    "group": "group",
    "relationship": "stage",
    "campaign": "campaign",
}
"""Kind -> what filters and answers call it."""


class Word(NamedTuple):
    """A value that a filter names."""

    parameter: str
    kind: Kind
    value: str


def words_command(basis: Basis, words: Sequence[Word]) -> list[Command]:
    """Return what says whether events ever named some words; nothing where none is asked for."""
    fields = [f"{word.kind}:{word.value}" for word in words]
    return [("HMGET", basis.keys.words, *fields)] if fields else []


def unknown_word(basis: Basis, words: Sequence[Word], reply: Sequence[bytes | None]) -> Word | None:
    """Return the first word that neither a term nor an event knows; `-` is always known."""
    for word, said in zip(words, reply, strict=True):
        is_term = f"{word.kind}:{word.value}" in basis.words.terms
        if not (said or is_term or word.value == NOBODY):
            return word
    return None


def all_words_command(basis: Basis) -> list[Command]:
    """Return what reads all that events ever named."""
    return [("HKEYS", basis.keys.words)]


def refusal(word: Word, basis: Basis, reply: Sequence[bytes]) -> Problem:
    """Return the problem of an unknown word: it names up to 20 that there are."""
    start = f"{word.kind}:"
    there = {*basis.words.terms, *(name.decode() for name in reply)}
    known = sorted(name.removeprefix(start) for name in there if name.startswith(start))
    public = PUBLIC[word.kind]
    detail = f"no {public} '{word.value}' was ever named"
    return invalid(f"unknown_{public}", detail, word.parameter, known=known[:MOST_KNOWN])


def filter_value(text: str) -> str | None:
    """Return what a filter wants: None for all, '' for those that have none (`-`)."""
    if not text:
        return None
    return "" if text == NOBODY else text
