"""The standard problems of the benchmark and the loop that every Python peer runs.

A peer starts, prints one JSON line that names it, then answers each JSON line of its input
`{"measure": "train" | "layers" | "score" | "latency", "problem": "P1" | "P2-gru" | ..., "batch": 32, "seconds": 2}`
by one JSON line `{"rate": windows per second}` or `{"error": "..."}`.
"""

import json
import sys
import time
from dataclasses import dataclass

import numpy as np

UNITS, LATENT = 32, 16


@dataclass(frozen=True)
class Problem:
    steps: int
    channels: int
    windows: int
    layers: str = "lstm"


SHAPES = {"P1": (30, 3, 10_000), "P2": (30, 38, 5_000)}
PROBLEMS = {name: Problem(*shape) for name, shape in SHAPES.items()} | {
    f"{name}-{layers}": Problem(*shape, layers) for name, shape in SHAPES.items() for layers in ("gru", "conv1d")
}


def windows(problem):
    """[W, T, C] float32: overlapping windows, stride 1, of sin(0.02 t + channel) + noise, in shuffled order."""
    rng = np.random.default_rng(1)
    n = problem.windows + problem.steps - 1
    t, channel = np.arange(n)[:, None], np.arange(problem.channels)[None, :]
    series = (np.sin(0.02 * t + channel) + rng.normal(0, 0.1, (n, problem.channels))).astype(np.float32)
    view = np.lib.stride_tricks.sliding_window_view(series, problem.steps, axis=0).transpose(0, 2, 1)
    return np.ascontiguousarray(view[rng.permutation(problem.windows)])


def batches(problem, batch):
    """Full batches of `windows`, ready before any clock starts."""
    x = windows(problem)
    return [x[i : i + batch] for i in range(0, len(x) - batch + 1, batch)]


def rate_of(step, items, batch, seconds):
    """Calls `step(item)` round and round for `seconds`; windows per second after a warm-up of a fifth of that time."""
    index = 0

    def run(limit):
        nonlocal index
        count, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < limit or count < 2:
            step(items[index % len(items)])
            index += 1
            count += 1
        return count / elapsed

    run(seconds / 5)
    return run(seconds) * batch


def serve(name, version, threads, measures):
    """Answers requests until the input ends. `measures[kind](problem, batch, seconds)` gives windows per second."""
    answer = sys.stdout
    sys.stdout = sys.stderr  # libraries that print must not break the protocol
    print(json.dumps({"name": name, "version": version, "threads": threads}), file=answer, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            measure = measures[request["measure"]]
            result = {"rate": measure(PROBLEMS[request["problem"]], request["batch"], request["seconds"])}
        except Exception as error:  # one failed measurement must not end the run
            result = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(result), file=answer, flush=True)
