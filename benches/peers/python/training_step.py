"""Times one training step of each peer on each net, and prints a JSON array with a row for each."""

import argparse
import gc
import json
import os
import sys
from time import perf_counter

# A timing is a loop of steps about this long, beginning at the starting parameters. On a busy machine
# most of a few milliseconds or more are interrupted, and then the median measures the scheduler.
SECONDS_PER_TIMING = 0.001
SECONDS_PER_ROW = 1.0
MIN_STEPS, MIN_TIMINGS = 5, 30

THREAD_VARIABLES = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "XLA_FLAGS"]


def arguments():
    words = lambda text: text.split(",")
    numbers = lambda text: [int(word) for word in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=words, help="frameworks: numpy,jax,jax-loop,torch")
    parser.add_argument("--net", type=words, help="nets: 2-16-16-1,64-64-10")
    parser.add_argument("--batch", type=numbers, help="batch sizes: 1,32,100,1000")
    parser.add_argument("--dtype", type=words, default=["float64", "float32"])
    parser.add_argument("--threads", choices=["default", "one"], default="default")
    return parser.parse_args()


def use_one_thread():
    """Before the frameworks are imported, because they look only then."""
    for variable in THREAD_VARIABLES[:3]:
        os.environ[variable] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def timings(peer):
    """Seconds per step, from many loops of steps that carry the parameters forward."""

    def once(steps):
        state = peer.start()
        begin = perf_counter()
        peer.train(state, steps)
        return (perf_counter() - begin) / steps

    # Warms up and finds out how many steps a loop should have.
    steps = MIN_STEPS
    for _ in range(3):
        steps = max(MIN_STEPS, round(SECONDS_PER_TIMING / min(once(steps) for _ in range(5))))

    found = []
    end = perf_counter() + SECONDS_PER_ROW
    while perf_counter() < end or len(found) < MIN_TIMINGS:
        found.append(once(steps))
    return found, steps


def main():
    options = arguments()
    if options.threads == "one":
        use_one_thread()
    import numpy as np

    import problem
    from peers import PEERS, missing

    installed = [name for name in PEERS if name not in missing()]
    for name in options.only or []:
        if name not in installed:
            sys.exit(f"--only {name}: not a framework that is installed here; choose among {', '.join(installed)}")
    frameworks = options.only or installed

    threads = {"setting": options.threads, "environment": {name: os.environ.get(name) for name in THREAD_VARIABLES}}
    if hasattr(os, "sched_getaffinity"):
        threads["cores"] = len(os.sched_getaffinity(0))

    def row(framework, dtype, net, batch):
        best = None
        for variant, peer in PEERS[framework].items():
            made = peer(net, problem.parameters(net, dtype), *problem.data(net, batch, dtype))
            seconds, steps = timings(made)
            p10, median, p90 = np.percentile(np.multiply(seconds, 1e6), [10, 50, 90]).round(3).tolist()
            # Of two variants the faster by what the noise of the machine touches least.
            if best is None or p10 < best["p10_us"]:
                best = {
                    "framework": framework, "variant": variant, "dtype": dtype, "net": net.name,
                    "activation": net.activation, "batch": batch, "median_us": median, "p10_us": p10, "p90_us": p90,
                    "min_us": round(min(seconds) * 1e6, 3), "timings": len(seconds), "steps_per_timing": steps,
                    "threads": threads,
                }  # fmt: skip
        print(f"{framework} {dtype} {net.name} {net.activation} {batch}: {best['median_us']} us", file=sys.stderr)
        return best

    gc.disable()
    rows = [
        row(framework, dtype, net, batch)
        for net in problem.NETS
        if options.net is None or net.name in options.net
        for batch in net.batches
        if options.batch is None or batch in options.batch
        for dtype in options.dtype
        for framework in frameworks
    ]
    print("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]")


main()
