"""Settings: read from the command line, checked, told in words."""

import pytest
from pydantic import Field

from hebbstat.contract.errors import BadValueError, UnknownNameError
from hebbstat.experiments.lab.settings import Settings, build, parse


class Three(Settings):
    rate: float = Field(5.0, gt=0, le=100, description="of the inputs, Hz")
    cells: int = Field(10, ge=1)
    data: str | None = None
    switch: bool = True


def test_values_are_read_as_what_they_are() -> None:
    found = parse(Three, ["rate=7", "cells=20", "data=a b.npz", "switch=false"], {})
    assert (found.rate, found.cells, found.data, found.switch) == (7.0, 20, "a b.npz", False)
    assert parse(Three, ["data=none"], {"data": "x"}).data is None
    assert parse(Three, ["cells=3"], {"cells": 9}).cells == 3


WRONG = {
    "rate=-1": r"rate=-1 of it must be a number, above 0 and at most 100 \(of the inputs, Hz\)",
    "rate=101": "at most 100",
    "rate=fast": "rate='fast' of it must be a number",
    "rate=NaN": "rate=nan of it must be a number",
    "cells=2.5": r"cells=2\.5 of it must be a whole number, at least 1",
    "switch=7": "true or false",
}


@pytest.mark.parametrize("text", WRONG)
def test_values_out_of_range_are_told_with_key_value_and_range(text: str) -> None:
    with pytest.raises(BadValueError, match=WRONG[text]):
        parse(Three, [text], {}, " of it")


def test_unknown_keys_are_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="no setting 'rte'; did you mean 'rate'"):
        parse(Three, ["rte=3"], {})
    with pytest.raises(BadValueError, match="key=value, not 'rate'"):
        parse(Three, ["rate"], {})


def test_what_was_chosen_on_purpose_wins() -> None:
    settings = build(Three, {"rate": 5.0})
    filled = settings.filled({"rate": 9.0, "cells": 4})
    assert (filled.rate, filled.cells) == (5.0, 4)
    assert settings.chosen == {"rate": 5.0}
    assert settings.but(cells=2).cells == 2
    with pytest.raises(BadValueError):
        settings.but(cells=0)


def test_the_fingerprint_depends_on_values_only() -> None:
    assert Three().fingerprint == Three(rate=5.0).fingerprint != Three(rate=6.0).fingerprint
