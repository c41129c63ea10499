"""Scores of Python detectors on a folder of labelled series, for `npm run bench:quality -- --scores DIR`.

    python quality_peers.py --data DIR --out DIR [--peers pyod-knn,pyod-lof] [--only SKAB,NAB/name] [--every 4] [--seed 1]

The protocol is that of ../quality/README.md: a peer is fitted on the first `train_rows` rows (on all when that is 0), without labels, and scores every
row. It is given what telltale's detectors work on: channels in standard deviations of their training rows, held to +-50. Its settings are the defaults of
its library, or for TSB-AD those that the library recommends for one channel and for several. Smoothing and judging are not done here.

Writes OUT/PEER/SET/NAME.f32 (one little-endian float32 a row) and, last, NAME.json (processor seconds, peak memory, versions); what has a NAME.json is not done again.
"""

import argparse
import contextlib
import json
import os
import random
import time
import warnings
from importlib.metadata import version
from pathlib import Path

# One core, so that processor time is what a run takes on an idle machine.
os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})

import numpy as np
import pandas as pd

LARGEST = 50  # standard deviations, as src/detect/scores.ts


def pyod(module, name, seeded=False, **settings):
    def run(train, everything, seed):
        detector = getattr(__import__(f"pyod.models.{module}", fromlist=[name]), name)
        fitted = detector(**settings, **({"random_state": seed} if seeded else {})).fit(train)
        return fitted.decision_function(everything)

    return run


def moving(detector):
    """Without the channels that never move in training, whose variance of 0 the detector would divide by."""

    def run(train, everything, seed):
        moves = np.ptp(train, axis=0) > 0
        return detector(train[:, moves], everything[:, moves], seed)

    return run


def fitting(window, train, share=4):
    """A window of at most a share of the training rows: some series have only 100."""
    return max(2, min(window, len(train) // share))


def tsb_pca(train, everything, _seed):
    """`Sub_PCA` for one channel, `PCA` for several."""
    from TSB_AD.models.PCA import PCA
    from TSB_AD.utils.slidingWindows import find_length_rank

    single = train.shape[1] == 1
    window = fitting(find_length_rank(train, rank=1) if single else 100, train)
    fitted = PCA(slidingWindow=window, n_components=None if single else 0.25).fit(train)
    return fitted.decision_function(everything)


def tsb_kmeans(train, everything, seed):
    from TSB_AD.models.KMeansAD import KMeansAD

    window = fitting(40 if train.shape[1] > 1 else 20, train)
    detector = KMeansAD(k=10, window_size=window, stride=1)
    detector.model.set_params(random_state=seed)
    return covering(detector.fit(train), everything)


def covering(fitted, everything):
    """The mean over the windows that cover a row, as `KMeansAD.predict` forms it in quadratic time; the windows are its own."""
    windows = fitted._preprocess_data(everything)
    centres = fitted.model.cluster_centers_[fitted.model.predict(windows)]
    distances = np.linalg.norm(windows - centres, axis=1)
    ones = np.ones(fitted.window_size)
    return np.convolve(distances, ones) / np.convolve(np.ones(len(distances)), ones)


def tsb_network(module, **settings):
    def run(train, everything, _seed):
        import torch

        torch.cuda.is_available = lambda: False
        kind = getattr(__import__(f"TSB_AD.models.{module}", fromlist=[module]), module)
        own = settings["several" if train.shape[1] > 1 else "single"]
        # A tenth: TSB-AD validates on the last fifth, which has to hold a window.
        own = {key: fitting(value, train, 10) if key.startswith("win") else value for key, value in own.items()}
        detector = kind(feats=train.shape[1], **own)
        detector.fit(train)
        return detector.decision_function(everything)

    return run


PEERS = {
    "pyod-iforest": pyod("iforest", "IForest", seeded=True),
    "pyod-hbos": pyod("hbos", "HBOS"),
    "pyod-ecod": pyod("ecod", "ECOD"),
    "pyod-copod": pyod("copod", "COPOD"),
    "pyod-knn": pyod("knn", "KNN"),
    "pyod-lof": pyod("lof", "LOF"),
    # All components, the default, is a division by 0 where one channel follows from others.
    "pyod-pca": pyod("pca", "PCA", seeded=True, n_components=0.99),
    "pyod-autoencoder": pyod("auto_encoder", "AutoEncoder", seeded=True, verbose=0),
    "tsb-kmeansad": tsb_kmeans,
    "tsb-subpca": moving(tsb_pca),
    "tsb-usad": tsb_network("USAD", single={"win_size": 100, "lr": 1e-3}, several={"win_size": 100, "lr": 1e-3}),
    "tsb-cnn": tsb_network("CNN", single={"window_size": 50}, several={"window_size": 50}),
}
NETWORKS = ("pyod-autoencoder", "tsb-usad", "tsb-cnn")
# PyOD judges each row by itself (ECOD and COPOD rank it among all that are scored); TSB-AD centres its windows.
CAUSAL = ("pyod-iforest", "pyod-hbos", "pyod-knn", "pyod-lof", "pyod-pca", "pyod-autoencoder")
LIBRARIES = {"pyod": "pyod", "tsb": "TSB-AD"}


def read(folder, entry):
    values = pd.read_csv(folder / entry["file"]).iloc[:, 1:-1].to_numpy(np.float64)
    train_rows = entry["train_rows"] or len(values)
    known = values[:train_rows]
    spread = known.std(axis=0)
    spread[~(spread > 0)] = 1
    scaled = np.clip((values - known.mean(axis=0)) / spread, -LARGEST, LARGEST)
    return scaled[:train_rows], scaled


def chosen(folder, only, every):
    series = [entry for entry in json.loads((folder / "MANIFEST.json").read_text())["series"] if entry["train_rows"] < entry["rows"]]
    counts = {}
    for entry in series:
        place = counts[entry["dataset"]] = counts.get(entry["dataset"], -1) + 1
        names = {entry["dataset"], f"{entry['dataset']}/{entry['name']}"}
        if place % every == 0 and (only is None or names & only):
            yield entry


def peak_memory(reset=False):
    """Of the whole process, MB; set back where Linux allows it."""
    with contextlib.suppress(OSError):
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run(peer, train, everything, seed):
    random.seed(seed)
    np.random.seed(seed)
    if peer in NETWORKS:
        import torch

        torch.manual_seed(seed)
        torch.set_num_threads(1)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        return np.asarray(PEERS[peer](train, everything, seed), np.float64).ravel()


def warm_up(peer, seed):
    """Imports and compilation are no part of the seconds of a series."""
    rows = np.random.default_rng(seed).normal(size=(200, 2))
    run(peer, rows, rows, seed)


def score(peer, folder, entry, seed):
    train, everything = read(folder, entry)
    peak_memory(reset=True)
    started = time.process_time()
    scores = run(peer, train, everything, seed)
    seconds = time.process_time() - started
    if len(scores) != len(everything):
        raise ValueError(f"{len(scores)} scores for {len(everything)} rows")
    if not np.isfinite(scores).all():
        raise ValueError("scores that are not finite")
    library = LIBRARIES[peer.split("-")[0]]
    return scores, {
        "seed": seed,
        "causal": peer in CAUSAL,
        "seconds": seconds,
        "peakMemoryMb": peak_memory(),
        "library": f"{library} {version(library)}",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--peers", default=",".join(PEERS))
    parser.add_argument("--only", type=lambda text: set(text.split(",")))
    parser.add_argument("--every", type=int, default=1, help="the first of so many series of each set")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    # Short series first, each with all peers: a run that is cut short has done the same series for all.
    series = sorted(chosen(given.data, given.only, given.every), key=lambda entry: entry["rows"] * entry["dims"])
    warm = set()
    for entry in series:
        for peer in given.peers.split(","):
            facts_file = given.out / peer / entry["dataset"] / f"{entry['name']}.json"
            if facts_file.exists():
                continue
            try:
                if peer not in warm:
                    warm_up(peer, given.seed)
                    warm.add(peer)
                scores, facts = score(peer, given.data, entry, given.seed)
            except Exception as error:  # one series that a peer cannot do is told, and the others go on
                print(f"{peer} {entry['dataset']}/{entry['name']}: {type(error).__name__}: {error}", flush=True)
                continue
            facts_file.parent.mkdir(parents=True, exist_ok=True)
            facts_file.with_name(f"{entry['name']}.f32").write_bytes(scores.astype("<f4").tobytes())
            facts_file.write_text(json.dumps(facts))
            print(f"{peer} {entry['dataset']}/{entry['name']} {facts['seconds']:.2f} s", flush=True)


if __name__ == "__main__":
    main()
