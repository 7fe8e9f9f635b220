"""Runs the checks against a server and hands on a verdict for each as it comes."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from mobile_contract.conformance.checks import all_checks
from mobile_contract.conformance.desk import Desk, DeskRefused
from mobile_contract.conformance.field import Check, Field
from mobile_contract.conformance.verdicts import Failed, NotOffered, Verdict
from mobile_contract.exchange import Stuck
from mobile_contract.phone import SyncRefused

PATIENCE = 120.0
"""Seconds for one check. A server that never lets a phone get through must not stop the kit either."""
UNEXPECTED = (httpx.HTTPError, KeyError, IndexError, TypeError, AttributeError, ValueError)
"""What reading a wrong answer can end in; a server must not be able to stop the kit."""


async def judge(name: str, check: Check, field: Field, patience: float = PATIENCE) -> Verdict:
    """Run one check, and tidy up behind it."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(patience):
            await check(field)
        verdict = Verdict(name, "ok")
    except TimeoutError:
        verdict = Verdict(name, "FAIL", f"an end within {patience:.0f} s", "none")
    except Stuck as error:
        verdict = Verdict(name, "FAIL", "an end of a phone's sync", str(error))
    except Failed as failure:
        verdict = Verdict(name, "FAIL", failure.expected, failure.seen)
    except NotOffered as reason:
        verdict = Verdict(name, "not offered", seen=str(reason))
    except SyncRefused as error:
        verdict = Verdict(name, "FAIL", "nothing that a right phone sends to be refused", str(error))
    except DeskRefused as error:
        verdict = Verdict(name, "FAIL", "the desk's request to go well", str(error))
    except UNEXPECTED as error:
        line = traceback.extract_tb(error.__traceback__)[-1]
        seen = f"{type(error).__name__}: {error} ({Path(line.filename).name}:{line.lineno})"
        verdict = Verdict(name, "FAIL", "an answer of the shape in the contract", seen)
    try:
        await field.desk.tidy()
    except (DeskRefused, NotOffered, httpx.HTTPError) as error:
        if verdict.result != "FAIL":
            verdict = Verdict(name, "FAIL", "the desk to clear up behind the check", f"{type(error).__name__}: {error}")
    verdict.seconds = round(time.monotonic() - began, 3)
    return verdict


async def judge_all(field: Field, only: str = "", seeds: tuple[int, ...] = (1, 2, 3)) -> AsyncIterator[Verdict]:
    """A verdict for each check whose name contains `only`, in order."""
    for name, check in all_checks(seeds).items():
        if only in name:
            yield await judge(name, check, field)


async def open_field(
    http: httpx.AsyncClient, *, login: str, password: str, technician: str, other: str | None = None
) -> Field:
    """Sign in as a dispatcher and find the technicians. Raises `DeskRefused` or `NotOffered` when that fails."""
    desk = Desk(http)
    await desk.sign_in(login, password)
    return Field(http, desk, *await desk.technicians(technician, other))
