"""Recorded values and the ones of this run: ids, cursors and codes are other texts each time, in the same places."""

import re
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Bound(dict[str, str]):
    """Recorded text to the text of this run."""

    def put(self, value: Any) -> Any:
        """A copy with every recorded text replaced, in values, keys and inside longer texts."""
        if isinstance(value, dict):
            return {self.put(key): self.put(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.put(each) for each in value]
        if isinstance(value, str):
            if value in self:
                return self[value]
            return UUID.sub(lambda found: self.get(found.group(), found.group()), value)
        return value

    def learn(self, recorded: Any, actual: Any, names: set[str]) -> None:
        """Walk two documents side by side; where a text of `names` stood when recorded, take what stands there now."""
        if isinstance(recorded, dict) and isinstance(actual, dict):
            for key in recorded.keys() & actual.keys():
                self.learn(recorded[key], actual[key], names)
        elif isinstance(recorded, list) and isinstance(actual, list):
            for one, other in zip(recorded, actual, strict=False):
                self.learn(one, other, names)
        elif isinstance(recorded, str) and isinstance(actual, str) and recorded in names:
            self.setdefault(recorded, actual)


def differences(recorded: Any, actual: Any, *, skip: frozenset[str] = frozenset(), path: str = "") -> list[str]:
    """Where `actual` lacks or contradicts what was recorded; members that were not recorded are none of our business.

    Whole numbers above 10^12 are times: both must be one, of any value. Members named in `skip` must only be there.
    """
    if isinstance(recorded, dict) and isinstance(actual, dict):
        found = [f"{path}.{key} is missing" for key in recorded if key not in actual]
        for key in recorded.keys() & actual.keys() - skip:
            found += differences(recorded[key], actual[key], skip=skip, path=f"{path}.{key}")
        return found
    if isinstance(recorded, list) and isinstance(actual, list):
        if len(recorded) != len(actual):
            return [f"{path} has {len(actual)} entries, not {len(recorded)}"]
        pairs = enumerate(zip(recorded, actual, strict=True))
        return [line for n, (a, b) in pairs for line in differences(a, b, skip=skip, path=f"{path}[{n}]")]
    if _is_time(recorded) and _is_time(actual):
        return []
    return [] if recorded == actual else [f"{path} is {actual!r}, not {recorded!r}"]


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and value > 10**12
