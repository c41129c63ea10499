"""Keras on TensorFlow, CPU: model.fit as users call it (default compilation and threads); scoring by a traced call."""

import os
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from problems import LATENT, UNITS, batches, rate_of, serve, windows


def autoencoder(problem):
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((problem.steps, problem.channels)),
            layers.LSTM(UNITS, return_sequences=True),
            layers.LSTM(LATENT),
            layers.RepeatVector(problem.steps),
            layers.LSTM(UNITS, return_sequences=True),
            layers.TimeDistributed(layers.Dense(problem.channels)),
        ]
    )


def train(problem, batch, seconds):
    model = autoencoder(problem)
    model.compile(optimizer="adam", loss="mse")
    x = windows(problem)

    def run(count):
        rows = x[: count * batch]
        start = time.perf_counter()
        model.fit(rows, rows, batch_size=batch, epochs=1, verbose=0)
        return time.perf_counter() - start

    run(2)  # traces and compiles
    probe = max(2, 1024 // batch)
    count = round(probe * seconds / run(probe))
    count = max(2, min(count, len(x) // batch))
    return count * batch / run(count)


def score(problem, batch, seconds):
    model = autoencoder(problem)

    @tf.function
    def errors(x):
        return tf.reduce_mean(tf.square(model(x, training=False) - x), axis=(1, 2))

    items = [tf.constant(x) for x in batches(problem, batch)]
    return rate_of(lambda x: errors(x).numpy(), items, batch, seconds)


if __name__ == "__main__":
    version = f"{keras.__version__} / TensorFlow {tf.__version__}"
    serve("Keras", version, os.cpu_count(), {"train": train, "score": score, "latency": score})
