"""Rules around rules: wrappers that keep what a rule would do, and gates that scale it. Compose, don't add options.

    gated(Eligibility(PairSTDP()), by=lambda ACh, DA: ACh * DA)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import Signature
from typing import TYPE_CHECKING, Any, ClassVar, Self

from hebbstat.contract.calls import explained
from hebbstat.contract.errors import BadValueError
from hebbstat.contract.fields import signature
from hebbstat.contract.hooks import arguments
from hebbstat.contract.mechanism import Bound, Gate, Mechanism, Plasticity


class Wrapper(Plasticity):
    """A rule around another one. With `redirect`, what the inner rule adds to the weight goes to that state instead.

    With a `gate`, every change that the inner rule makes of its quantity is multiplied by it.
    """

    redirect: ClassVar[str] = ""

    if TYPE_CHECKING:
        inner: Plasticity

    def __init__(self, inner: Plasticity | None = None, *positional: Any, **values: Any) -> None:
        if not isinstance(inner, Plasticity):
            raise BadValueError(f"{type(self).__name__} wraps a plasticity rule, not {_as_given(inner)}")
        vars(self)["inner"] = inner
        self.gate: Gate | None = None
        super().__init__(*positional, **{"on": inner.acts_on, **values})

    @classmethod
    def __called__(cls) -> Signature:
        return signature(cls.fields, first={"inner": Plasticity}, last={"on": "that of the inner rule"})

    def __replace__(self, /, **changes: Any) -> Self:
        on = {} if self.acts_on == self.inner.acts_on else {"on": self.acts_on}
        return type(self)(**{"inner": self.inner, **self.values, **on, **changes})

    def parts(self) -> tuple[Mechanism, ...]:
        return (*self.inner.parts(), self)

    def bound(self) -> tuple[Bound, ...]:
        inner = self.inner.bound()
        if self.redirect:
            to, changes = (self, self.redirect), (None, self.acts_on)
            inner = tuple(replace(b, adds=to) if b.adds == changes else b for b in inner)
        if gate := self.gate:
            scaled = [b.adds is not None and b.adds[0] is None for b in inner]
            inner = tuple(replace(b, gates=(*b.gates, gate)) if c else b for b, c in zip(inner, scaled, strict=True))
        return (*inner, *super().bound())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.inner!r}, {super().__repr__().split('(', 1)[1]}".replace(", )", ")")


class Gated(Wrapper):
    """A rule whose changes are multiplied by a function of modulators; made by `gated`."""

    def __init__(self, inner: Plasticity, by: Callable[..., Any]) -> None:
        super().__init__(inner)
        if not callable(by):
            raise BadValueError(f"gated(by={by!r}): it must be a function of modulators, such as lambda DA: DA")
        required, optional = arguments(by)
        self.gate = Gate(by, (*required, *optional))

    @classmethod
    def __called__(cls) -> Signature:
        return signature(cls.fields, first={"inner": Plasticity, "by": Callable})

    def __replace__(self, /, **changes: Any) -> Self:
        assert self.gate is not None
        return type(self)(**{"inner": self.inner, "by": self.gate.function, **changes})


def _as_given(inner: Any) -> str:
    if isinstance(inner, type) and issubclass(inner, Plasticity):
        return f"the class {inner.__name__}; write {inner.__name__}()"
    return f"{inner!r}; give it first, such as PairSTDP()"


@explained
def gated(rule: Plasticity, *, by: Callable[..., Any]) -> Gated:
    """`rule` with every change that it makes multiplied by `by(...)`.

    The arguments of `by` name rules of the network (its modulators) or anything that the rule's hooks may ask for.

    >>> from hebbstat.plasticity.pair_stdp import PairSTDP
    >>> rule = gated(PairSTDP(), by=lambda ACh, DA: ACh * DA)
    """
    return Gated(rule, by)
