"""A mutation is a good wheel with one change. Each file faults_*.py registers its own here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from builders import WheelBuilder, pure


@dataclass(frozen=True)
class Mutation:
    """A change to the wheel of a target, and the rule of `pygo check` that reports it."""

    name: str
    rule: str
    target: str
    change: Callable[[WheelBuilder], object]

    def make(self, wheels: dict[str, Path], directory: Path) -> Path:
        wheel = pure() if self.target == "any" else WheelBuilder.read(wheels[self.target])
        self.change(wheel)
        return wheel.write(directory)


MUTATIONS: list[Mutation] = []


def mutation(rule: str, target: str = "linux-amd64"):
    def register(change):
        MUTATIONS.append(Mutation(change.__name__.replace("_", "-"), rule, target, change))
        return change

    return register
