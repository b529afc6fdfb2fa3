"""Measures commands: wall time, processor time, and memory."""

import os
import statistics
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Cost:
    """What a command took."""

    seconds: float
    cpu: float = 0.0
    # Peak memory of the process itself, without its children.
    megabytes: float = 0.0


def peak(process: subprocess.Popen) -> float:
    """The highest value of VmHWM, which only grows, in MB."""
    most, status = 0.0, Path(f"/proc/{process.pid}/status")
    while process.returncode is None:
        try:
            line = next((line for line in status.read_text().splitlines() if line.startswith("VmHWM")), None)
        except OSError:
            break
        if line is None:
            break
        most = max(most, int(line.split()[1]) * 1024 / 1e6)
        time.sleep(0.002)
    return most


def run(command: list, cwd: Path, env: dict[str, str], timeout: int = 1800) -> Cost:
    """Runs `command`, which must succeed."""
    memory: list[float] = []
    start = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:
        watch = threading.Thread(target=lambda: memory.append(peak(process)))
        watch.start()
        stop = threading.Timer(timeout, process.kill)
        stop.start()
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        stop.cancel()
        watch.join()
    if process.returncode != 0:
        raise RuntimeError(f"{command} failed with {process.returncode}:\n{output[-3000:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, memory[0] if memory else 0.0)


@dataclass
class Spread:
    """Several measurements of one thing."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        return cls(*(round(value, 4) for value in (statistics.median(values), min(values), max(values))))

    def as_dict(self) -> dict[str, float]:
        return asdict(self)
