"""The peers: each trains a net by plain SGD on one batch, over and over.

A peer is made from a net, its starting parameters, and the inputs and targets of the batch. It has
- `start()`: a fresh state, which holds the starting parameters;
- `train(state, steps)`: the state after so many steps, once it is computed;
- `gradient(state)`: the loss there, and the list of its partials, an array for each of parameters.
"""

from importlib.util import find_spec

import numpy as np

from problem import LEARNING_RATE


class Numpy:
    """The backward pass by hand, in place wherever an array is no longer needed."""

    def __init__(self, net, parameters, x, target):
        self.net, self.parameters, self.x, self.target = net, parameters, x, target

    def start(self):
        return [p.copy() for p in self.parameters]

    def gradient(self, state):
        outputs = [self.x]
        last = len(state) // 2 - 1
        for layer in range(last + 1):
            z = outputs[-1] @ state[2 * layer].T
            z += state[2 * layer + 1]
            if layer < last:
                np.tanh(z, out=z) if self.net.activation == "tanh" else np.maximum(z, 0, out=z)
            outputs.append(z)

        delta = outputs.pop()
        if self.net.loss == "mse":
            delta -= self.target
            flat = delta.ravel()
            loss = flat @ flat / len(self.x)
            delta *= 2 / len(self.x)
        else:
            delta -= np.maximum.reduce(delta, axis=1, keepdims=True)
            score = np.vdot(self.target, delta)
            np.exp(delta, out=delta)
            total = np.add.reduce(delta, axis=1, keepdims=True)
            loss = (np.add.reduce(np.log(total), axis=None) - score) / len(self.x)
            delta /= total
            delta -= self.target
            delta /= len(self.x)

        gradient = [None] * len(state)
        for layer in range(last, -1, -1):
            a = outputs.pop()
            gradient[2 * layer] = delta.T @ a
            gradient[2 * layer + 1] = np.add.reduce(delta, axis=0)
            if layer > 0:
                delta = delta @ state[2 * layer]
                if self.net.activation == "tanh":
                    a *= a
                    np.subtract(1, a, out=a)
                    delta *= a
                else:
                    delta *= a > 0
        return loss, gradient

    def train(self, state, steps):
        for _ in range(steps):
            _, gradient = self.gradient(state)
            for p, g in zip(state, gradient):
                g *= LEARNING_RATE
                p -= g
        return state


class Jax:
    """A step is one jitted call, which also returns the loss. Waits for the last step only."""

    donate = ()

    def __init__(self, net, parameters, x, target):
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        activate = jnp.tanh if net.activation == "tanh" else jax.nn.relu

        def loss(parameters, x, target):
            *hidden, (w, b) = zip(parameters[::2], parameters[1::2])
            for weights, biases in hidden:
                x = activate(x @ weights.T + biases)
            scores = x @ w.T + b
            if net.loss == "mse":
                return jnp.mean((scores - target) ** 2)
            # Faster than picking the label's column, whose derivative is a scatter.
            return -jnp.sum(target * jax.nn.log_softmax(scores)) / len(x)

        def step(state, x, target):
            value, gradient = jax.value_and_grad(loss)(state, x, target)
            return [p - LEARNING_RATE * g for p, g in zip(state, gradient)], value

        self.jax, self.parameters = jax, parameters
        self.x, self.target = jnp.array(x), jnp.array(target)
        self.value_and_grad = jax.jit(jax.value_and_grad(loss))
        self.unjitted_step = step
        self.step = jax.jit(step, donate_argnums=self.donate)

    def start(self):
        return self.jax.block_until_ready([self.jax.numpy.array(p) for p in self.parameters])

    def gradient(self, state):
        return self.value_and_grad(state, self.x, self.target)

    def train(self, state, steps):
        step, x, target = self.step, self.x, self.target
        value = None
        for _ in range(steps):
            state, value = step(state, x, target)
        return self.jax.block_until_ready((state, value))[0]


class JaxDonated(Jax):
    """Gives the old parameters' memory to the new ones."""

    donate = (0,)


class JaxLoop(Jax):
    """All steps are one jitted call, so that a step pays nothing for being called from Python."""

    def __init__(self, *arguments):
        super().__init__(*arguments)

        def loop(state, x, target, steps):
            def body(_, carried):
                return self.unjitted_step(carried[0], x, target)

            return self.jax.lax.fori_loop(0, steps, body, (state, x.dtype.type(0)))

        self.loop = self.jax.jit(loop)

    def train(self, state, steps):
        return self.jax.block_until_ready(self.loop(state, self.x, self.target, steps))[0]


class Torch:
    """Eager."""

    def __init__(self, net, parameters, x, target):
        import torch

        self.torch, self.net, self.parameters = torch, net, parameters
        self.x, self.target = torch.tensor(x), torch.tensor(target)
        if net.loss == "cross-entropy":
            self.target = self.target.argmax(dim=1)

    def start(self):
        return [self.torch.tensor(p, requires_grad=True) for p in self.parameters]

    def gradient(self, state):
        functional = self.torch.nn.functional
        activate = self.torch.tanh if self.net.activation == "tanh" else self.torch.relu
        x = self.x
        for weights, biases in zip(state[:-2:2], state[1:-2:2]):
            x = activate(functional.linear(x, weights, biases))
        scores = functional.linear(x, state[-2], state[-1])
        loss_of = functional.mse_loss if self.net.loss == "mse" else functional.cross_entropy
        loss = loss_of(scores, self.target)
        return loss.detach(), self.torch.autograd.grad(loss, state)

    def train(self, state, steps):
        for _ in range(steps):
            _, gradient = self.gradient(state)
            with self.torch.no_grad():
                for p, g in zip(state, gradient):
                    p.sub_(g, alpha=LEARNING_RATE)
        return state


# The variants of each framework. Of several, the fastest is reported.
PEERS = {
    "numpy": {"by hand": Numpy},
    "jax": {"not donated": Jax, "donated": JaxDonated},
    "jax-loop": {"fori_loop": JaxLoop},
    "torch": {"eager": Torch},
}


def missing():
    """The frameworks that are not installed here."""
    return [name for name in PEERS if find_spec(name.removesuffix("-loop")) is None]
