"""False alarms, power, seconds and peak memory of Evidently and alibi-detect on generated data, as bench/drift.mjs generates it.

pip install evidently==0.7.23 'pandas<3' alibi-detect==0.13.0
python bench/peers/drift_peers.py [SEEDS] [evidently|alibi-detect]
"""

import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
SEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
WIDTH, HISTORY = 10, 20_000


def plant(kind, rng, samples, phase=0):
    noise = rng.standard_normal((samples, WIDTH))
    if kind == "autocorrelated":
        for i in range(1, samples):
            noise[i] = 0.9 * noise[i - 1] + np.sqrt(1 - 0.81) * noise[i]
    if kind == "seasonal":
        i = np.arange(samples)[:, None] + phase
        noise = noise + 1.5 * np.sin(2 * np.pi * i / 288 + np.arange(WIDTH))
    return noise


def evidently(reference):
    from evidently import Report
    from evidently.presets import DataDriftPreset

    names = [f"c{c}" for c in range(WIDTH)]
    before = pd.DataFrame(reference, columns=names)

    def check(batch):
        # A data set has drifted when half of its columns have (drift_share); here, as in the others, when one has.
        found = Report([DataDriftPreset(drift_share=0.01)]).run(pd.DataFrame(batch, columns=names), before).dict()
        return found["metrics"][0]["value"]["count"] > 0

    return check


def alibi_detect(reference):
    from alibi_detect.cd import KSDrift

    detector = KSDrift(reference, p_val=0.01, correction="fdr")
    return lambda batch: bool(detector.predict(batch)["data"]["is_drift"])


PEERS = {"evidently": evidently, "alibi-detect": alibi_detect}
chosen = sys.argv[2:] or list(PEERS)
print("peer,data,rows,false alarms,found at 0.5 sd,seconds a check,peak memory MB", flush=True)
for name in chosen:
    for kind in ("stationary", "seasonal", "autocorrelated"):
        for rows in (100, 300, 3000):
            alarms = found = 0
            seconds = 0.0
            for seed in range(SEEDS):
                rng = np.random.default_rng(seed)
                check = PEERS[name](plant(kind, rng, HISTORY))
                batch = plant(kind, rng, rows, 97 * seed)
                start = time.perf_counter()
                alarms += check(batch)
                seconds += time.perf_counter() - start
                batch[:, 3] += 0.5
                found += check(batch)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{name},{kind},{rows},{alarms / SEEDS:.2f},{found / SEEDS:.2f},{seconds / SEEDS:.3f},{peak}",
                flush=True,
            )
