#!/usr/bin/env bash
# Trains with 1, 2 and 4 processes on this machine, and fails if their loss curves differ by more than rounding.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --release --features mpi --example mpi
curves=$(mktemp -d)
trap 'rm -r "$curves"' EXIT
options=(--oversubscribe)
if [ "$(id -u)" = 0 ]; then options+=(--allow-run-as-root); fi
for ranks in 1 2 4; do
    RAYON_NUM_THREADS=1 timeout 600 mpirun "${options[@]}" -n "$ranks" target/release/examples/mpi >"$curves/$ranks"
    tail -n 2 "$curves/$ranks"
done

for ranks in 2 4; do
    paste "$curves/1" "$curves/$ranks" | awk -v ranks="$ranks" '
        function differ(found, expected) { d = (found - expected) / expected; return d < 0 ? -d : d }
        $1 == "epoch" {
            epochs++
            losses = differ($10, $4)
            validations = differ($12, $6)
            if (losses > worst) worst = losses
            if (validations > worst) worst = validations
        }
        END {
            printf "%d ranks beside 1: %d epochs, losses differ by at most %.1e of their size\n", ranks, epochs, worst
            exit !(epochs == 30 && worst <= 1e-9)
        }'
done
