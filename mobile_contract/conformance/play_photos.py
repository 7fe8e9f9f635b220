"""The player's part in bringing photos: the recorded answers in any order, as often as asked, and a storage of its own."""

import hashlib
from typing import Any

from mobile_contract.conformance.http_server import Reply, Request
from mobile_contract.conformance.recording import Phone
from mobile_contract.conformance.substitution import Bound

Json = dict[str, Any]
STORAGE = "/__storage/"


class Photos:
    """The steps of a recording that are about photos, and which of them were asked. `bound` has the client's own ids."""

    def __init__(self, steps: list[Phone], bound: Bound) -> None:
        self._steps = steps
        self._bound = bound
        self._asked: set[str] = set()
        self._there: set[str] = set()

    def missing(self) -> list[str]:
        """What the client has to ask yet, in sentences."""
        return [f"nobody asked {step.request.path}" for step in self._steps if step.request.path not in self._asked]

    async def answer(self, request: Request, path: str, reply: Reply) -> bool:
        """Answer a request that is about a photo, or bytes for the storage. False for any other."""
        if request.method == "PUT" and path.startswith(STORAGE):
            self._there.add(hashlib.sha256(request.body).hexdigest())
            await reply.whole(200, [], b"")
            return True
        step = next((one for one in self._steps if self._bound.put(one.request.path) == path), None)
        if step is None or step.reply is None or request.method != "POST":
            return False
        body: Json = self._bound.put(step.reply.body)
        if "url" in body:
            body = {**body, "url": f"http://{request.header('host')}{STORAGE}{path.split('/')[3]}", "headers": {}}
        elif step.reply.status == 200 and body["sha256"] not in self._there:
            code = "not_uploaded"
            await reply.json(409, {"type": f"urn:fieldproof:conformance:{code}", "status": 409, "code": code,
                                   "title": "The bytes are not there", "detail": "PUT them first."})  # fmt: skip
            return True
        self._asked.add(step.request.path)
        await reply.json(step.reply.status, body)
        return True
