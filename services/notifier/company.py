"""What of a company rules and filters rest on: departments below others, terms with tags. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from schemas.facts import Department, Employee, Term, unpack
from schemas.packed_facts import facts_command
from schemas.tables import TenantKeys
from schemas.tagged_terms import tagged
from schemas.tree import Tree, tree_of

_UNKNOWN = (b"", b"")


class Company(NamedTuple):
    """The company as it was read; equal digests mean equal facts."""

    tree: Tree = Tree()
    terms: tuple[Term, ...] = ()
    digests: tuple[bytes, bytes] = _UNKNOWN

    def places(self, scope: str, scope_id: str, *, sub: bool) -> tuple[str, ...]:
        """Return the ids whose cells make up a figure: one, or a department with those below."""
        return self.tree.below(scope_id) if sub and scope == "department" else (scope_id,)

    def tagged(self, dimension: str, tag: str) -> list[str]:
        """Return the values of a dimension that carry a tag, in a fixed order."""
        return sorted(tagged(self.terms, dimension, tag))


def company_commands(keys: TenantKeys, known: Company) -> list[tuple[Any, ...]]:
    """Return what to read of a tenant that is known."""
    sets = (keys.org, keys.terms)
    return [
        facts_command(key, keys.prefix, digest)
        for key, digest in zip(sets, known.digests, strict=True)
    ]


def company_of(known: Company, replies: Sequence[Any]) -> Company:
    """Return the company of the replies; the very one that is known where nothing changed."""
    (org_digest, *org), (terms_digest, *terms) = replies
    if not org and not terms:
        return known
    found = known._replace(digests=(org_digest, terms_digest))
    if org:
        facts = (unpack(packed) for packed in org[0])
        found = found._replace(
            tree=tree_of(fact for fact in facts if isinstance(fact, Employee | Department))
        )
    if terms:
        facts = (unpack(packed) for packed in terms[0])
        found = found._replace(terms=tuple(fact for fact in facts if isinstance(fact, Term)))
    return found
