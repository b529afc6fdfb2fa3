"""Reads the frames of a sensor with Go and C."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sensor._sensor import ffi, lib

SAMPLES: int = lib.SAMPLES
CELSIUS: int = lib.CELSIUS
KELVIN: int = lib.KELVIN


@dataclass
class Frame:
    id: int
    battery: int
    charging: bool
    samples: list[float]
    unit: int = CELSIUS

    def _in_c(self) -> dict[str, Any]:
        values = asdict(self)
        power = {"battery": values.pop("battery"), "charging": values.pop("charging")}
        return {**values, "id": {"number": self.id}, "power": power}


def celsius(frame: Frame) -> Frame:
    """Return ``frame`` in degrees Celsius."""
    read = lib.Convert(frame._in_c())
    charging = bool(read.power.charging)
    return Frame(read.id.number, read.power.battery, charging, list(read.samples), read.unit)


def count_low(frames: Sequence[Frame]) -> int:
    """Return how many of ``frames`` are from a sensor with a low battery."""
    array = ffi.new("frame[]", [frame._in_c() for frame in frames])
    return int(lib.CountLow(array, len(frames)))
