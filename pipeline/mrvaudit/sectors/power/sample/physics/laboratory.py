"""Laboratories, and what they find in the composites of a month's samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrvaudit.sectors.power.sample.physics.chemistry import Assay, Seams, assay, inner_moisture
from mrvaudit.sectors.power.sample.world.block import Block
from mrvaudit.sectors.power.sample.world.digits import Floats, Ints, printed
from mrvaudit.sectors.power.sample.world.places import PROVINCES
from mrvaudit.sectors.power.sample.world.plants import LABORATORIES

# Days (least, most) from the month's end to preparation, then to dispatch, receipt, tests, end of tests, issue.
_STEPS = ((1, 3), (1, 2), (1, 4), (1, 6), (1, 3), (1, 6))


@dataclass(frozen=True)
class Laboratory:
    """A made-up testing body."""

    lab_id: str
    name: str
    prefix: str
    province: str
    cma_no: str
    cnas_no: str
    method: str
    looks_up: bool


LABS = tuple(
    Laboratory(
        lab_id=f"JC-{number:02d}",
        name=f"示例煤质检测{number:02d}号实验室",
        prefix=f"SL{chr(65 + number % 26)}{chr(65 + number // 26)}",
        province=PROVINCES[(7 * number) % len(PROVINCES)].name,
        cma_no=f"2215999900{number:02d}",
        cnas_no=f"L999{number:02d}",
        method="GB/T 476-2008" if number % 3 == 0 else "GB/T 30733-2014",
        looks_up=number % 5 != 0,
    )
    for number in range(1, LABORATORIES + 1)
)


@dataclass(frozen=True)
class Reports:
    """Pile × month: results, days of handling counted from the month's end, masses in 1/10 g."""

    results: Assay
    c_ad: Ints
    n_ad: Ints
    steps: Ints
    sent: Ints
    received: Ints
    retained: Ints


def report(block: Block, seams: Seams, coal: Ints, dry_ash: Floats) -> Reports:
    """Tests of the composites: `coal` (1/100 t) and `dry_ash` (percent) of stream × day decide what is in them."""
    piles, tonnes = len(block.piles), coal.astype(np.float64)
    burnt, ash = np.zeros((piles, 12)), np.zeros((piles, 12))
    np.add.at(burnt, block.pile_of_stream, block.year.by_month(tonnes))
    np.add.at(ash, block.pile_of_stream, block.year.by_month(tonnes * dry_ash))
    noise = block.noise(block.plant_of_pile, "reports", 7, 12).swapaxes(0, 1)
    even = block.shares(block.plant_of_pile, "slips", 10, 12).swapaxes(0, 1)
    inner = inner_moisture(block, np.arange(piles), noise[5])
    # the composite arrives dried and ground: its total moisture is a little more than what air leaves in it
    results = assay(seams, ash / np.maximum(burnt, 1e-9), inner + 0.8 + 1.8 * even[6], inner, noise)
    least, most = (np.array([step[part] for step in _STEPS])[:, None, None] for part in (0, 1))
    steps = least + np.floor(even[:6] * (most - least + 1)).astype(np.int64)
    sent = printed(690 + 55 * even[7], 1)
    return Reports(
        results=results,
        c_ad=printed(results.clean * (seams.carbon + 0.14 * noise[6]), 2),
        n_ad=printed(results.clean * seams.nitrogen, 2),
        steps=np.cumsum(steps, axis=0),
        sent=sent,
        received=sent - printed(0.6 * even[8], 1),
        retained=printed(705 + 55 * even[9], 1),
    )
