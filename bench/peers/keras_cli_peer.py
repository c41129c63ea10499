"""What `telltale train` and `telltale detect` do, as a Keras script: CSV -> scaler -> windows -> autoencoder -> flags.

Same split as telltale's defaults (65 % training, 15 % validation, 20 % calibration, a window's gap between), same network, same batch.
"""

import argparse
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from keras_peer import autoencoder
from problems import Problem

WINDOW, QUANTILE, BATCH = 30, 0.999, 32


def windows_of(values):
    view = np.lib.stride_tricks.sliding_window_view(values, WINDOW, axis=0).transpose(0, 2, 1)
    return np.ascontiguousarray(view)


def errors_of(model, windows):
    return np.square(model.predict(windows, batch_size=256, verbose=0) - windows).mean(axis=(1, 2))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("history")
    arguments.add_argument("flags")
    arguments.add_argument("--epochs", type=int, default=5)
    given = arguments.parse_args()

    table = pd.read_csv(given.history)
    values = table.drop(columns="time").to_numpy(np.float32)
    n = len(values)
    calibration = n - int(0.20 * (n - 2 * WINDOW))
    validation = calibration - WINDOW - int(0.15 * (n - 2 * WINDOW))
    train = validation - WINDOW

    low, high = values[:train].min(axis=0), values[:train].max(axis=0)
    scaled = (values - low) / np.where(high > low, high - low, 1)
    x_train = windows_of(scaled[:train])
    x_validation = windows_of(scaled[validation : calibration - WINDOW])

    model = autoencoder(Problem(WINDOW, values.shape[1], len(x_train)))
    model.compile(optimizer="adam", loss="mse")
    model.fit(
        x_train,
        x_train,
        batch_size=BATCH,
        epochs=given.epochs,
        validation_data=(x_validation, x_validation),
        verbose=0,
    )

    threshold = np.quantile(errors_of(model, windows_of(scaled[calibration:])), QUANTILE)
    score = np.full(n, np.nan)
    score[WINDOW - 1 :] = errors_of(model, windows_of(scaled)) / threshold
    table.assign(score=score, flag=(score > 1).astype(int))[["time", "score", "flag"]].to_csv(given.flags, index=False)


if __name__ == "__main__":
    main()
