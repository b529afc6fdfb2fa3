# `make test` is the one command: it installs what the tests need, then runs all of them.
export PYGO_CACHE_DIR ?= $(CURDIR)/target/pygo-cache

.PHONY: help wheels build setup lint arrows test test-quick judges frontends toolchain-check fuzz bench clean

help:
	@echo 'make wheels           wheels of example/hello for every default target'
	@echo 'make test             install what the tests need, then format, lint and every test'
	@echo 'make test-quick       format, lint, unit tests, command tests in a debug build: under three minutes'
	@echo 'make arrows           only the check that dependencies in src/ point one way'
	@echo 'make judges           only the tests on finished wheels (tests/judges)'
	@echo 'make frontends        only the tests of pip, build, uv and setup.py (tests/frontends)'
	@echo 'make toolchain-check  only the checks of the data in toolchains/'
	@echo 'make fuzz             mutated bytes for every parser, FUZZ_SECONDS for each'
	@echo 'make bench            pygo check beside other tools and its speed: docs/check-comparison.md, docs/benchmarks.md'
	@echo 'make clean            remove target/ and the wheels of the examples'

wheels:
	cargo run --release --locked -- matrix example/hello

build:
	cargo build --release --locked

# Without arm64.sh's part, the arm64 run is reported as skipped, and as failed when CI=true.
setup:
	tests/setup/judges.sh
	-tests/setup/arm64.sh

# In the release profile like the rest, so that every dependency is compiled once.
lint: arrows
	cargo fmt --check
	cargo clippy --release --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --no-deps --locked

arrows:
	python3 tests/arrows.py

# All Python tests run in one go: the closing line counts them.
test: setup lint build
	cargo test --release --locked
	target/judges/bin/python -m pytest tests/test_arrows.py tests/judges tests/frontends

# For use between commits: a debug build, and the Python tests that take seconds.
QUICK = tests/test_arrows.py

test-quick: arrows target/judges/.stamp
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	cargo test --locked
	PYGO=target/debug/pygo target/judges/bin/python -m pytest -q $(QUICK)

judges: setup build
	target/judges/bin/python -m pytest tests/judges

frontends: setup build
	target/judges/bin/python -m pytest tests/frontends

toolchain-check: setup
	target/judges/bin/python -m pytest tests/judges/test_toolchain_data.py

# Each parser is fed mutated bytes for so long. cargo-fuzz asks for unstable flags, which
# RUSTC_BOOTSTRAP lets the stable compiler take; without unsafe code there is nothing for a
# sanitizer to find, and the fuzzer runs faster without. A finding lies in fuzz/artifacts; it
# becomes a test.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= wheel elf macho pe record
FUZZ = RUSTC_BOOTSTRAP=1 PATH="$(CURDIR)/target/cargo-fuzz/bin:$$PATH" cargo fuzz

fuzz: setup
	$(FUZZ) --version || cargo install --locked --debug --root target/cargo-fuzz cargo-fuzz
	target/judges/bin/python fuzz/seeds.py
	for target in $(FUZZ_TARGETS); do \
	    $(FUZZ) run --sanitizer none $$target -- \
	        -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=262144 || exit 1; \
	done

bench: setup build
	target/judges/bin/python benches/check.py
	target/judges/bin/python benches/speed.py

clean:
	rm -rf target example/*/dist
