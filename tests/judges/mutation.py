"""What a mutation of a wheel is, and the list that the files of faults add to."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from packs import Pack, pure


@dataclass(frozen=True)
class Mutation:
    """What is done to the wheel of a target, and the rule that names it."""

    name: str
    rule: str
    target: str
    change: Callable[[Pack], object]

    def make(self, wheels: dict[str, Path], directory: Path) -> Path:
        pack = pure() if self.target == "any" else Pack.read(wheels[self.target])
        self.change(pack)
        return pack.write(directory)


MUTATIONS: list[Mutation] = []


def mutation(rule: str, target: str = "linux-amd64"):
    def register(change):
        MUTATIONS.append(Mutation(change.__name__.replace("_", "-"), rule, target, change))
        return change

    return register
