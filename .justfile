# What CI does, by name. `just` lists it.

_default:
    @just --list

# the gate: everything that must hold of a commit
gate:
    .ci/run

# what must hold of a release, beside the gate
release:
    .ci/release

# which lines the tests reach, by module
coverage:
    .ci/coverage

# compare the public API with docs/API.txt; `just api --accept` writes it
api *arguments:
    .ci/api {{arguments}}

# write docs/OPS.md from the table of ops
ops:
    GRADUS_BLESS=1 cargo test --test docs

# one of the five fuzz targets, for so many seconds
fuzz target seconds='60':
    RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz -s none {{target}} -- -max_len=400 -timeout=10 -max_total_time={{seconds}}
