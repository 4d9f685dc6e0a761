"""Numbers behave the same whatever the order, and round as a person does."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mrvaudit import macros, store

CON = store.connect("512MB", None)
for statement in macros.NUMBER_MACROS:
    CON.execute(statement)

# Figures as they are printed in reports: at most six decimals, below a billion.
FIGURES = st.integers(-(10**12), 10**12).map(lambda n: n / 10**4)
WEIGHTS = st.integers(0, 10**6).map(lambda n: n / 100)


def value(expression: str, *arguments: Any) -> Any:
    """The value of an expression."""
    row = CON.execute(f"SELECT {expression}", list(arguments)).fetchone()
    assert row is not None
    return row[0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(FIGURES | st.none(), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_total_does_not_depend_on_the_order(figures: list[float | None], random: Any) -> None:
    """Shuffled rows add to the same bits, those of the exact sum but for the eighth decimal of each term."""
    shuffled = list(figures)
    random.shuffle(shuffled)
    ask = "total(x) FROM (SELECT unnest(?::DOUBLE[]) AS x)"
    known = [figure for figure in figures if figure is not None]
    got = value(ask, figures)
    assert got == value(ask, shuffled)
    if known:
        assert abs(Decimal(got) - sum(Decimal(repr(figure)) for figure in known)) <= Decimal("1.1e-8") * len(known)
    else:
        assert got is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(FIGURES | st.none(), WEIGHTS), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_weighted_mean_does_not_depend_on_the_order(rows: list[tuple[float | None, float]], random: Any) -> None:
    """The same bits for shuffled rows, and the mean of those rows whose value is known."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    ask = "weighted_mean(x, w) FROM (SELECT unnest(?::DOUBLE[]) AS x, unnest(?::DOUBLE[]) AS w)"
    got = value(ask, *map(list, zip(*rows, strict=True)))
    known = [(Fraction(x), Fraction(w)) for x, w in rows if x is not None]
    weight = sum(w for _, w in known)
    assert got == value(ask, *map(list, zip(*shuffled, strict=True)))
    if weight == 0:
        assert got is None
    else:
        exact = float(sum(x * w for x, w in known) / weight)
        assert abs(got - exact) <= 1e-6 * max(1, abs(exact))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(-(10**9), 10**9), st.integers(1, 5), st.integers(0, 4))
def test_half_up_rounds_the_printed_digits(digits: int, decimals: int, wanted: int) -> None:
    """For what a report can print, half_up gives what rounding the decimal text half up gives."""
    text = Decimal(digits).scaleb(-decimals)
    if abs(text) > 100_000:
        return
    expected = float(text.quantize(Decimal(1).scaleb(-wanted), ROUND_HALF_UP))
    assert value(f"half_up(?::DOUBLE, {wanted})", float(text)) == expected


@settings(max_examples=150, deadline=None, derandomize=True)
@given(FIGURES, FIGURES, WEIGHTS)
def test_comparisons_agree(a: float, b: float, tolerance: float) -> None:
    """differs is symmetric, and says the same as over and under on both sides."""
    differs = value("differs(?::DOUBLE, ?::DOUBLE, ?::DOUBLE)", a, b, tolerance)
    assert differs == value("differs(?::DOUBLE, ?::DOUBLE, ?::DOUBLE)", b, a, tolerance)
    over, under = (value(f"{name}(?::DOUBLE, ?::DOUBLE)", a, b) for name in ("exceeds", "under"))
    assert (over, under) == (value("under(?::DOUBLE, ?::DOUBLE)", b, a), value("exceeds(?::DOUBLE, ?::DOUBLE)", b, a))
    assert not (over and under)
    assert (over or under) == value("differs(?::DOUBLE, ?::DOUBLE, 0.0)", a, b)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_the_limit_itself_passes(base: int, permille: int) -> None:
    """A value that stands exactly on the limit, as decimals, is never found; one printed digit more is."""
    limit = Decimal(base) * (1000 + permille) / 1000
    ask = "exceeds(?::DOUBLE, ?::DOUBLE * (1 + ?::DOUBLE / 1000))"
    assert value(ask, float(limit), float(base), float(permille)) is False
    assert value(ask, float(limit + Decimal("0.01")), float(base), float(permille)) is True
