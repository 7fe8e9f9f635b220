"""Where checks happen: a server, a desk, one or two technicians, and as many phones as a check wants."""

from collections.abc import Awaitable, Callable

import httpx

from mobile_contract.conformance.desk import Desk
from mobile_contract.conformance.raw_phone import RawPhone
from mobile_contract.conformance.verdicts import NotOffered

LIMITS = httpx.Limits(keepalive_expiry=2.0)
"""Many servers close a connection after 5 idle seconds, which is also httpx's own limit; a request sent at that moment
is lost, and it is nobody's fault."""

Operator = Callable[[str], Awaitable[None]]
"""Does to the server what no client can: `restore` (as from a backup: every scope gets a new epoch) or `wait` (its
clock moves on by more than the life of an access token). Raises `NotOffered` for what it cannot do."""


class Field:
    """What a check works with. `technician` and `other` are user ids."""

    def __init__(self, http: httpx.AsyncClient, desk: Desk, technician: str, other: str | None) -> None:
        self.http = http
        self.desk = desk
        self.technician = technician
        self._other = other
        self.operator: Operator | None = None
        self.errors: list[httpx.Response] = []
        http.event_hooks["response"].append(self._watch)

    @property
    def other(self) -> str:
        """A second technician. Raises `NotOffered` when the server has none."""
        if self._other is None:
            raise NotOffered("there is no second technician; name one, or add one")
        return self._other

    async def _watch(self, answer: httpx.Response) -> None:
        """Keep every error that the server gives in this run, for the check that looks at all of them."""
        if answer.is_error:
            await answer.aread()
            self.errors.append(answer)

    async def operate(self, what: str) -> None:
        """Have the operator do something. Raises `NotOffered` when there is none."""
        if self.operator is None:
            raise NotOffered(f"needs --operator, a command that does '{what}' to the server")
        await self.operator(what)

    async def phone(self, technician: str | None = None, *, http: httpx.AsyncClient | None = None) -> RawPhone:
        """A new phone of the technician, enrolled and with everything synced. `http` is what it speaks through later."""
        phone = RawPhone(self.http)
        await phone.enrol(await self.desk.code(technician or self.technician))
        await phone.sync()
        phone.http = http or self.http
        return phone

    async def visit_and_phone(self) -> tuple[str, RawPhone]:
        """A new visit of the technician, and a phone that has it."""
        visit_id = await self.desk.visit(self.technician)
        return visit_id, await self.phone()


Check = Callable[[Field], Awaitable[None]]
"""Raises `Failed` or `NotOffered`; comes back when the promise holds."""
