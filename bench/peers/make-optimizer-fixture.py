"""Reference values of optimizers and losses from Keras: `python make-optimizer-fixture.py > ../../test/fixtures/nn/optimizers.json`."""
import json

import keras
import numpy as np

STEPS = 6
rng = np.random.default_rng(4)
start = rng.normal(size=7).astype("float32")
gradients = rng.normal(size=(STEPS, 7)).astype("float32")

CASES = {
    "adam": (keras.optimizers.Adam(0.01), {"type": "adam"}, 0.01),
    "adamw": (keras.optimizers.AdamW(0.01, weight_decay=0.1), {"type": "adamw", "weightDecay": 0.1}, 0.01),
    "rmsprop": (keras.optimizers.RMSprop(0.01), {"type": "rmsprop"}, 0.01),
    "sgd": (keras.optimizers.SGD(0.1), {"type": "sgd"}, 0.1),
    "momentum": (keras.optimizers.SGD(0.1, momentum=0.9), {"type": "sgd", "momentum": 0.9}, 0.1),
    "nesterov": (
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
        {"type": "sgd", "momentum": 0.9, "nesterov": True},
        0.1,
    ),
    "adagrad": (keras.optimizers.Adagrad(0.1), {"type": "adagrad"}, 0.1),
}


def trajectory(optimizer):
    weight = keras.Variable(start)
    out = []
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weight])
        out.append(np.asarray(weight).tolist())
    return out


prediction = rng.normal(scale=2, size=(5, 3)).astype("float32")
target = rng.normal(scale=2, size=(5, 3)).astype("float32")
LOSSES = {
    "mse": keras.losses.MeanSquaredError(),
    "mae": keras.losses.MeanAbsoluteError(),
    "huber": keras.losses.Huber(),
    "log-cosh": keras.losses.LogCosh(),
}

print(
    json.dumps(
        {
            "madeBy": f"make-optimizer-fixture.py, Keras {keras.__version__} on {keras.backend.backend()}",
            "start": start.tolist(),
            "gradients": gradients.tolist(),
            "optimizers": [
                {"name": name, "options": options, "learningRate": rate, "weights": trajectory(optimizer)}
                for name, (optimizer, options, rate) in CASES.items()
            ],
            "prediction": prediction.tolist(),
            "target": target.tolist(),
            "losses": {name: float(loss(target, prediction)) for name, loss in LOSSES.items()},
        }
    )
)
