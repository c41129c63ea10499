"""PyTorch on the CPU: nn.LSTM modules, Adam, eager mode."""

import argparse

import torch
from problems import LATENT, UNITS, batches, rate_of, serve


class Autoencoder(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.encoder1 = torch.nn.LSTM(channels, UNITS)
        self.encoder2 = torch.nn.LSTM(UNITS, LATENT)
        self.decoder = torch.nn.LSTM(LATENT, UNITS)
        self.dense = torch.nn.Linear(UNITS, channels)

    def forward(self, x):
        """[T, B, C], time-major: the faster of PyTorch's two layouts."""
        hidden, _ = self.encoder1(x)
        _, (latent, _) = self.encoder2(hidden)
        decoded, _ = self.decoder(latent.expand(x.shape[0], -1, -1))
        return self.dense(decoded)


def inputs(problem, batch):
    return [torch.from_numpy(x).transpose(0, 1).contiguous() for x in batches(problem, batch)]


def train(problem, batch, seconds):
    model = Autoencoder(problem.channels)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def step(x):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), x).backward()
        optimizer.step()

    return rate_of(step, inputs(problem, batch), batch, seconds)


@torch.inference_mode()
def score(problem, batch, seconds):
    model = Autoencoder(problem.channels).eval()
    return rate_of(lambda x: (model(x) - x).square().mean((0, 2)), inputs(problem, batch), batch, seconds)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=1)
    threads = arguments.parse_args().threads
    torch.set_num_threads(threads)
    serve("PyTorch", torch.__version__.split("+")[0], threads, {"train": train, "score": score, "latency": score})
