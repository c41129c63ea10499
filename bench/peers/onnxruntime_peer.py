"""ONNX Runtime on the CPU: the same network as one graph of its native LSTM operator. It scores only."""

import argparse

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from problems import LATENT, UNITS, batches, rate_of, serve


def lstm_weights(rng, inputs, units):
    bound = 1 / np.sqrt(units)
    return rng.uniform(-bound, bound, (inputs, 4 * units)), rng.uniform(-bound, bound, (units, 4 * units)), np.zeros(4 * units)


def random_weights(channels):
    """`{layer: (W [I, 4H], U [H, 4H], b [4H])}`, gate order i, f, g, o; dense is (W [H, C], b [C])."""
    rng = np.random.default_rng(1)
    return {
        "encoder1": lstm_weights(rng, channels, UNITS),
        "encoder2": lstm_weights(rng, UNITS, LATENT),
        "decoder": lstm_weights(rng, LATENT, UNITS),
        "dense": (rng.uniform(-0.2, 0.2, (UNITS, channels)), np.zeros(channels)),
    }


def iofg(matrix):
    """Gate order of the ONNX operator, gates in rows."""
    i, f, g, o = np.split(matrix, 4, axis=-1)
    return np.concatenate([i, o, f, g], axis=-1).T


def graph(steps, channels, weights):
    """x [T, B, C] -> y [T, B, C] and the mean squared error of each window [B]."""
    nodes, constants = [], []

    def constant(name, value, kind=np.float32):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=kind), name))
        return name

    def node(kind, inputs, outputs, **attributes):
        nodes.append(helper.make_node(kind, inputs, outputs, **attributes))

    def lstm(name, x, sequence, last):
        w, u, b = weights[name]
        inputs = [
            x,
            constant(f"{name}.W", iofg(w)[None]),
            constant(f"{name}.R", iofg(u)[None]),
            constant(f"{name}.B", np.concatenate([iofg(b), np.zeros_like(b)])[None]),
        ]
        node("LSTM", inputs, [sequence, last], hidden_size=u.shape[0])

    direction = constant("direction", [1], np.int64)
    lstm("encoder1", "x", "h1.all", "")
    node("Squeeze", ["h1.all", direction], ["h1"])
    lstm("encoder2", "h1", "", "latent")  # [1, B, latent]
    node("Tile", ["latent", constant("repeat", [steps, 1, 1], np.int64)], ["repeated"])
    lstm("decoder", "repeated", "h3.all", "")
    node("Squeeze", ["h3.all", direction], ["h3"])
    node("MatMul", ["h3", constant("dense.W", weights["dense"][0])], ["product"])
    node("Add", ["product", constant("dense.b", weights["dense"][1])], ["y"])
    node("Sub", ["y", "x"], ["residual"])
    node("Mul", ["residual", "residual"], ["square"])
    node("ReduceMean", ["square", constant("axes", [0, 2], np.int64)], ["error"], keepdims=0)

    def value(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    shape = [steps, "B", channels]
    body = helper.make_graph(nodes, "autoencoder", [value("x", shape)], [value("y", shape), value("error", ["B"])], constants)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", 18)], ir_version=10).SerializeToString()


def session(problem, threads, weights=None):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    model = graph(problem.steps, problem.channels, weights or random_weights(problem.channels))
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def scorer(threads):
    def score(problem, batch, seconds):
        run = session(problem, threads).run
        items = [{"x": np.ascontiguousarray(x.transpose(1, 0, 2))} for x in batches(problem, batch)]
        return rate_of(lambda x: run(["error"], x), items, batch, seconds)

    return score


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=1)
    threads = arguments.parse_args().threads
    score = scorer(threads)
    serve("ONNX Runtime", onnxruntime.__version__, threads, {"score": score, "latency": score})
