"""The whole job of the example `digits`, by others: read the CSV, train a 64-32-10 tanh net, count what it gets right.

`digits.py sklearn` does it once and prints a JSON row; `digits.py race` lets all take turns, ours too, a process for each run,
and prints the medians. The settings are those of the example: Adam at 0.003, 60 epochs of batches of 32, shuffled, no penalty.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[3]
RATE, EPOCHS, BATCH = 0.003, 60, 32
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}


def data(dtype):
    import numpy as np

    table = np.loadtxt(ROOT / "examples/data/digits.csv", delimiter=",", skiprows=1, dtype=dtype)
    pixels, labels = table[:, :-1] / 16, table[:, -1].astype(int)
    is_test = np.arange(len(table)) % 5 == 0
    return pixels[~is_test], labels[~is_test], pixels[is_test], labels[is_test]


def sklearn(x, y, seed):
    from sklearn.neural_network import MLPClassifier

    settings = dict(activation="tanh", alpha=0.0, batch_size=BATCH, learning_rate_init=RATE, random_state=seed)
    # So that it does all epochs, and is content with that.
    net = MLPClassifier((32,), max_iter=EPOCHS, tol=0.0, n_iter_no_change=EPOCHS, **settings)

    def train():
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.fit(x, y)
        assert net.n_iter_ == EPOCHS
        return net.predict

    return train


def jax(x, y, seed, is_scan):
    import jax
    import jax.numpy as jnp
    import numpy as np

    jax.config.update("jax_enable_x64", x.dtype == np.float64)
    count, dtype = len(x), x.dtype

    def logits(parameters, x):
        (w1, b1), (w2, b2) = parameters
        return jnp.tanh(x @ w1 + b1) @ w2 + b2

    def loss(parameters, x, target):
        return -jnp.sum(target * jax.nn.log_softmax(logits(parameters, x))) / len(x)

    # Adam as optax has it: it is not asked for another package.
    def step(state, batch):
        parameters, first, second, number = state
        value, gradient = jax.value_and_grad(loss)(parameters, *batch)
        number = number + 1
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
        second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
        of_first, of_second = 1 - 0.9**number, 1 - 0.999**number
        move = lambda p, m, v: p - RATE * (m / of_first) / (jnp.sqrt(v / of_second) + 1e-8)
        return (jax.tree.map(move, parameters, first, second), first, second, number), value

    def epoch(state, x, target, order):
        """All full batches in one call; the last one, which is smaller, by itself."""
        full = count // BATCH * BATCH
        chosen = order[:full].reshape(-1, BATCH)
        state, _ = jax.lax.scan(lambda state, rows: step(state, (x[rows], target[rows])), state, chosen)
        return step(state, (x[order[full:]], target[order[full:]]))[0] if full < count else state

    jitted_step = jax.jit(step, donate_argnums=0)
    jitted_epoch = jax.jit(epoch, donate_argnums=0)
    jitted_logits = jax.jit(logits)
    target = np.eye(10, dtype=dtype)[y]

    def start(random):
        sizes = [(64, 32), (32, 10)]
        bounds = [5 / 3 * (6 / sum(size)) ** 0.5 for size in sizes]
        return [
            (jnp.array(random.uniform(-bound, bound, size), dtype), jnp.zeros(size[1], dtype))
            for size, bound in zip(sizes, bounds)
        ]

    def train():
        random = np.random.default_rng(seed)
        parameters = start(random)
        zeros = lambda: jax.tree.map(jnp.zeros_like, parameters)
        state = (parameters, zeros(), zeros(), jnp.zeros((), dtype))
        if is_scan:
            on_device = jnp.array(x), jnp.array(target)
            for _ in range(EPOCHS):
                state = jitted_epoch(state, *on_device, jnp.array(random.permutation(count)))
        else:
            for _ in range(EPOCHS):
                order = random.permutation(count)
                for begin in range(0, count, BATCH):
                    rows = order[begin : begin + BATCH]
                    state, _ = jitted_step(state, (x[rows], target[rows]))
        parameters = jax.block_until_ready(state[0])
        return lambda x: np.asarray(jitted_logits(parameters, x)).argmax(axis=1)

    return train


PEERS = {
    "sklearn": sklearn,
    "jax": lambda *arguments: jax(*arguments, is_scan=False),
    "jax-scan": lambda *arguments: jax(*arguments, is_scan=True),
}


def job(options):
    x, y, x_test, y_test = data(options.dtype)
    train = PEERS[options.what](x, y, options.seed)
    begin = perf_counter()
    predict = train()
    seconds = perf_counter() - begin
    accuracy = float((predict(x_test) == y_test).mean())
    row = {"accuracy": round(accuracy, 4), "train": seconds}
    if options.again:
        begin = perf_counter()
        train()
        row["train_again"] = perf_counter() - begin
    print(json.dumps(row))


def race(options):
    # It would keep OpenBLAS from choosing what is best for the CPU.
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}

    def ours(_):
        out = subprocess.run([options.ours, "1", str(options.seed)], check=True, capture_output=True, text=True).stdout
        words = lambda line: next(text for text in out.splitlines() if text.startswith(line)).split()
        return {"accuracy": float(words("test accuracy")[-1]), "train": float(words("training took")[-2])}

    def peer(name, dtype, extra):
        command = [sys.executable, __file__, name, "--dtype", dtype, "--seed", str(options.seed)]

        def run(more):
            ran = subprocess.run(command + more, check=True, capture_output=True, text=True, env=environment | extra)
            return json.loads(ran.stdout)

        return run

    runners = {"ours float64": ours}
    for name in PEERS:
        for dtype in ["float64", "float32"]:
            runners[f"{name} {dtype}"] = peer(name, dtype, {})
            runners[f"{name} {dtype}, one thread"] = peer(name, dtype, ONE_THREAD)
    rows = {name: [] for name in runners}
    for turn in range(options.rounds + 1):
        for name, run in runners.items():
            begin = perf_counter()
            row = run([])
            row["process"] = perf_counter() - begin
            # Compiled and warm, in a process of its own, so that the whole is not longer for it.
            row["train_again"] = row["train"] if name.startswith("ours") else run(["--again"])["train_again"]
            # The first turn finds files and caches cold.
            if turn > 0:
                rows[name].append(row)
        print(f"round {turn}", file=sys.stderr)

    median = lambda numbers: sorted(numbers)[len(numbers) // 2]
    print(f"{'':28} {'whole process':>14} {'training':>10} {'once compiled':>14} {'accuracy':>9}")
    for name, found in rows.items():
        whole, first, again, accuracy = (
            median([row[key] for row in found]) for key in ["process", "train", "train_again", "accuracy"]
        )
        print(f"{name:28} {whole:12.3f} s {first:8.3f} s {again:12.3f} s {accuracy:9.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=[*PEERS, "race"])
    parser.add_argument("--dtype", choices=["float64", "float32"], default="float64")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="train a second time, with everything compiled")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ours", default=str(ROOT / "target/release/examples/digits"))
    options = parser.parse_args()
    race(options) if options.what == "race" else job(options)


if __name__ == "__main__":
    main()
