"""What of a contract's change breaks a client that was built before it: reads two OpenAPI documents, or two JSON Schemas, and names each break.

A request may only grow looser, an answer only richer. An answer's choices may become more: clients are told to show what they do not know as text.
"""

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
VERBS = ("get", "post", "put", "patch", "delete")
LOWER = ("minimum", "minLength", "minItems", "exclusiveMinimum")
UPPER = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")


def _choices(schema: Json) -> set[str] | None:
    """What a value may be, where that is a list: of an enum, or of a pattern that names each, which many were once."""
    if "enum" in schema:
        return set(schema["enum"])
    named = re.fullmatch(r"\^\(([\w/. |-]+)\)\$", schema.get("pattern", ""))
    return set(named[1].split("|")) if named else None


class Side:
    """A document, to follow its references in."""

    def __init__(self, document: Json) -> None:
        self.document = document

    def plain(self, schema: Json) -> Json:
        """The schema that a reference means."""
        while "$ref" in schema:
            found: Any = self.document
            for name in schema["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            schema = found
        return schema

    def kinds(self, schema: Json) -> dict[str, Json]:
        """What a value may be, by type: a union as its members, and null as one of them."""
        schema = self.plain(schema)
        if members := schema.get("oneOf") or schema.get("anyOf"):
            beside = {name: value for name, value in schema.items() if name not in ("oneOf", "anyOf")}
            return {kind: {**beside, **one} for member in members for kind, one in self.kinds(member).items()}
        named = schema.get("type", "anything")
        return dict.fromkeys(named if isinstance(named, list) else [named], schema)


class Change:
    """One document against the one that came before it."""

    def __init__(self, before: Json, now: Json) -> None:
        self.before, self.now = Side(before), Side(now)

    def breaks(self) -> Iterator[str]:
        """Of the whole API."""
        for path, verbs in self.before.document["paths"].items():
            for verb in (one for one in VERBS if one in verbs):
                now = self.now.document["paths"].get(path, {}).get(verb)
                if now is None:
                    yield f"{verb} {path}: is no more"
                else:
                    yield from self._route(f"{verb} {path}", verbs[verb], now)

    def _route(self, where: str, before: Json, now: Json) -> Iterator[str]:
        known, asked = ({(p["in"], p["name"]): p for p in one.get("parameters", ())} for one in (before, now))
        yield from (f"{where}: parameter {name} is no more" for _, name in known.keys() - asked.keys())
        for key, parameter in asked.items():
            if parameter.get("required") and not known.get(key, {}).get("required"):
                yield f"{where}: parameter {key[1]} is required now"
            if key in known:
                yield from self.asked(f"{where}: parameter {key[1]}", known[key]["schema"], parameter["schema"])
        for kind, body in before.get("requestBody", {}).get("content", {}).items():
            yield from self.asked(f"{where}: body", body["schema"], now["requestBody"]["content"][kind]["schema"])
        if before.get("requestBody") is None and now.get("requestBody", {}).get("required"):
            yield f"{where}: a body is required now"
        for status, answer in before["responses"].items():
            if status.startswith("2"):
                if status not in now["responses"]:
                    yield f"{where}: does not answer {status} any more"
                    continue
                for kind, body in answer.get("content", {}).items():
                    after = now["responses"][status].get("content", {}).get(kind)
                    if after is None:
                        yield f"{where}: does not answer {kind} any more"
                    else:
                        yield from self.given(f"{where}: answer", body["schema"], after["schema"])

    def asked(self, where: str, before: Json, now: Json, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Of a value that clients send: what was taken must be taken still."""
        after = self.now.kinds(now)
        for kind, old in self.before.kinds(before).items():
            new = after.get(kind) or (after.get("number") if kind == "integer" else None) or after.get("anything")
            if new is None:
                yield f"{where}: {kind} is not taken any more"
                continue
            had, has = _choices(old), _choices(new)
            if has is not None and (had is None or had - has):
                yield f"{where}: choices were taken away"
            bounds = [(name, 1) for name in LOWER] + [(name, -1) for name in UPPER]
            for name in (
                name for name, way in bounds if name in new and (name not in old or way * (new[name] - old[name]) > 0)
            ):
                yield f"{where}: {name} is stricter"
            if has is None and "pattern" in new and new["pattern"] != old.get("pattern"):
                yield f"{where}: pattern is another"
            title = old.get("title", "")
            if title and title in seen:
                continue
            yield from self._members_asked(where, old, new, seen | {title})

    def _members_asked(self, where: str, old: Json, new: Json, seen: frozenset[str]) -> Iterator[str]:
        had, has = old.get("properties", {}), new.get("properties", {})
        if new.get("additionalProperties", True) is False:
            yield from (f"{where}.{name}: is not taken any more" for name in had.keys() - has.keys())
        yield from (
            f"{where}.{name}: is required now" for name in set(new.get("required", ())) - set(old.get("required", ()))
        )
        for name in had.keys() & has.keys():
            yield from self.asked(f"{where}.{name}", had[name], has[name], seen)
        if "items" in old and "items" in new:
            yield from self.asked(f"{where}[]", old["items"], new["items"], seen)

    def given(self, where: str, before: Json, now: Json, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        """Of a value that clients get: what was there must be there still, and be the same kind of thing."""
        known = self.before.kinds(before)
        for kind, new in self.now.kinds(now).items():
            old = known.get(kind) or (known.get("number") if kind == "integer" else None) or known.get("anything")
            if old is None:
                yield f"{where}: may be {kind} now"
                continue
            if "enum" in old and "enum" not in new:
                yield f"{where}: is no choice any more"
            title = old.get("title", "")
            if title and title in seen:
                continue
            had, has, inner = old.get("properties", {}), new.get("properties", {}), seen | {title}
            yield from (f"{where}.{name}: is no more" for name in had.keys() - has.keys())
            yield from (
                f"{where}.{name}: may be absent now"
                for name in set(old.get("required", ())) & has.keys() - set(new.get("required", ()))
            )
            for name in had.keys() & has.keys():
                yield from self.given(f"{where}.{name}", had[name], has[name], inner)
            if "items" in old and "items" in new:
                yield from self.given(f"{where}[]", old["items"], new["items"], inner)
