"""What is trained: the nets, their parameters and their data, the same to the bit in every language.

The numbers come from a linear congruential generator on 64-bit unsigned integers:

    state = state * 6364136223846793005 + 1442695040888963407   (modulo 2^64, before each draw)
    draw  = (state >> 11) / 2^53                                (in [0, 1), exact in a float64)

The parameters start from state 1. In their order, per layer the weights [out][in] row by row and
then the biases, each is `(2 * draw - 1) / sqrt(inputs of the layer)`.

The data start from state 2. Each sample in turn draws its inputs, `2 * draw - 1` each. Its label is
- mean squared error: 1 if the product of its two inputs is positive, else -1; nothing is drawn;
- cross-entropy: `floor(10 * draw)`, of one more draw.
So a smaller batch is the beginning of a larger one.

All of it is done in float64, and rounded at the end where float32 is asked for.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

LEARNING_RATE = 0.01


@dataclass(frozen=True)
class Net:
    sizes: tuple[int, ...]
    activation: str  # of the hidden layers: "tanh", or "relu", whose slope at 0 is 0
    loss: str  # "mse": mean of (score - label)^2; "cross-entropy": mean of -log(softmax(scores)[label])
    batches: tuple[int, ...]

    @property
    def name(self):
        return "-".join(map(str, self.sizes))


NETS = [
    Net((2, 16, 16, 1), "tanh", "mse", (1, 32, 100, 1000)),
    Net((2, 16, 16, 1), "relu", "mse", (1, 32, 100, 1000)),
    Net((64, 64, 10), "relu", "cross-entropy", (32, 100)),
]


def draws(state):
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) / 2**53


def parameters(net, dtype):
    """An array of weights [out][in] and one of biases for each layer, in one list."""
    source = draws(1)
    arrays = []
    for inputs, outputs in zip(net.sizes, net.sizes[1:]):
        for shape in [(outputs, inputs), (outputs,)]:
            values = [(2 * next(source) - 1) / sqrt(inputs) for _ in range(int(np.prod(shape)))]
            arrays.append(np.array(values).reshape(shape).astype(dtype))
    return arrays


def data(net, batch, dtype):
    """The inputs [batch][in], and the targets [batch][out]: labels of ±1, or a 1 in the label's column."""
    source = draws(2)
    inputs = np.empty((batch, net.sizes[0]))
    targets = np.zeros((batch, net.sizes[-1]))
    for x, target in zip(inputs, targets):
        x[:] = [2 * next(source) - 1 for _ in x]
        if net.loss == "mse":
            target[0] = 1 if x[0] * x[1] > 0 else -1
        else:
            target[int(10 * next(source))] = 1
    return inputs.astype(dtype), targets.astype(dtype)
