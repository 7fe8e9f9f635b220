"""Threads for what a seal takes: one lot for drawing and verifying, which use a core, and one for sealing, which may wait for an authority.

Neither takes a thread from passwords, storage or photos, nor they from these.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

DRAWING = ThreadPoolExecutor(2, thread_name_prefix="pdf")
SEALING = ThreadPoolExecutor(8, thread_name_prefix="seal")

P = ParamSpec("P")
T = TypeVar("T")


async def drawing(run: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """What the function gives, run in a thread for drawing and verifying PDFs."""
    return await asyncio.get_running_loop().run_in_executor(DRAWING, partial(run, *args, **more))


async def sealing(run: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
    """What the function gives, run in a thread that may wait for a time-stamping authority."""
    return await asyncio.get_running_loop().run_in_executor(SEALING, partial(run, *args, **more))
