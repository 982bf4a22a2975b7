"""Settings of experiments: typed, documented, checked; changed on the command line by `--set key=value`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import pydantic
from pydantic.fields import FieldInfo

from hebbstat.contract.errors import BadValueError, UnknownNameError, suggestion

LONGEST = 60  # characters of a value in a message
S = TypeVar("S", bound="Settings")


class Settings(pydantic.BaseModel):
    """The base of all settings: frozen; unknown names and values out of range are errors.

    class Settings(hebbstat.experiments.Settings):
        drive: float = Field(8.0, gt=0, description="rate of each input, Hz")
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def but(self: S, **values: Any) -> S:
        """The same settings with other values, checked; those given count as chosen on purpose."""
        return build(type(self), {**self.chosen, **values})

    def filled(self: S, values: Mapping[str, Any]) -> S:
        """The same settings, with these values wherever nothing was chosen on purpose."""
        return build(type(self), {**values, **self.chosen})

    @property
    def chosen(self) -> dict[str, Any]:
        """What was given on purpose, as against left at its default."""
        return {name: getattr(self, name) for name in self.model_fields_set}

    @property
    def fingerprint(self) -> str:
        """A sha256 of all values."""
        return hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


def build(kind: type[S], values: Mapping[str, Any], where: str = "") -> S:
    """Settings of this kind with these values; `BadValueError` or `UnknownNameError` in words for a user."""
    for name in values:
        if name not in kind.model_fields:
            raise UnknownNameError(f"no setting '{name}'{where}; {suggestion(name, kind.model_fields)}")
    try:
        return kind(**values)
    except pydantic.ValidationError as error:
        raise BadValueError("; ".join(_in_words(kind, found, where) for found in error.errors())) from None


def parse(kind: type[S], texts: Iterable[str], given: Mapping[str, Any], where: str = "") -> S:
    """Settings from `key=value` texts, over values given otherwise. Values are read as JSON, else as plain text."""
    values = dict(given)
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadValueError(f"--set takes key=value, not '{text}'; settings{where}: {', '.join(kind.model_fields)}")
        values[key.strip()] = _value(value.strip())
    return build(kind, values, where)


def range_of(info: FieldInfo) -> str:
    """The range of a setting in words: 'above 0', 'from 0 to 1', 'a number' ..."""
    words = {"gt": "above {:g}", "ge": "at least {:g}", "lt": "below {:g}", "le": "at most {:g}"}
    bounds = [
        text.format(getattr(extra, key))
        for extra in info.metadata
        for key, text in words.items()
        if getattr(extra, key, None) is not None
    ]
    return " and ".join(bounds)


def type_of(info: FieldInfo) -> str:
    """The type of a setting in words."""
    names = {"int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "NoneType": "none"}
    parts = [getattr(info.annotation, "__name__", str(info.annotation))]
    if getattr(info.annotation, "__args__", None):
        parts = [getattr(part, "__name__", str(part)) for part in info.annotation.__args__]  # type: ignore[union-attr]
    return " or ".join(names.get(part, part) for part in parts)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, or a number or nesting beyond what Python reads
        return None if text.lower() == "none" else text


def _in_words(kind: type[Settings], error: Any, where: str) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    if name not in kind.model_fields or error["type"] in ("value_error", "assertion_error"):  # a validator's own words
        return f"{name or 'the settings'}{where}: {error['msg']}"
    info = kind.model_fields[name]
    expected = ", ".join(filter(None, (type_of(info), range_of(info))))
    meaning = f" ({info.description})" if info.description else ""
    given = repr(error["input"])
    given = given if len(given) <= LONGEST else f"{given[:LONGEST]}..."
    return f"{name}={given}{where} must be {expected}{meaning}"
