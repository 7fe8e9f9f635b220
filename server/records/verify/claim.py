"""A claim that was checked, and how a check says what it found."""

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pikepdf
from cryptography.exceptions import UnsupportedAlgorithm


@dataclass(frozen=True)
class Claim:
    """One line of the answer: `ok` is None for a fact that is neither proof nor fault (a gap, strokes not at hand)."""

    id: str
    ok: bool | None
    statement: str
    detail: str = ""


class Finding(NamedTuple):
    """What a check found: what is wrong (nothing, if it holds), and otherwise what holds it; `open` for a mere fact."""

    problems: Sequence[str]
    detail: str = ""
    open: bool = False


MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, RuntimeError, TypeError, ValueError,
    UnsupportedAlgorithm, pikepdf.PikepdfError, struct.error, zlib.error,
)  # fmt: skip
"""What reading a document of the wrong shape raises: hostile input makes a claim fail and never stops the verifier."""


def claim(name: str, statement: str, check: Callable[[], Finding]) -> Claim:
    """Run a check; input of the wrong shape is a failure of this very claim, named as such."""
    try:
        problems, detail, undecided = check()
    except MALFORMED as error:
        return Claim(name, False, statement, f"malformed: {type(error).__name__}: {error}")
    if problems:
        return Claim(name, False, statement, "; ".join(problems))
    return Claim(name, None if undecided else True, statement, detail)


def all_hold(claims: Sequence[Claim]) -> bool:
    """Whether no claim failed; open facts do not fail."""
    return bool(claims) and all(claim.ok is not False for claim in claims)


def lines(claims: Sequence[Claim]) -> str:
    """The claims as text, one a line with what holds it beneath: `ok`, `FAIL`, or `--` for a fact."""
    marks = {True: "ok  ", False: "FAIL", None: "--  "}
    out = []
    for each in claims:
        out.append(f"{marks[each.ok]}  {each.statement}  [{each.id}]")
        if each.detail:
            out.append(f"      {each.detail}")
    return "\n".join(out)
