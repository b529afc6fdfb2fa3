# `make test` installs everything the tests need, then runs all of them.
export PYGO_CACHE_DIR ?= $(CURDIR)/target/pygo-cache

.PHONY: help wheels build setup lint arrows actionlint test test-all bucket container modules examples sdists free-threaded test-quick judges frontends toolchain-check fuzz bench bench-compare bench-programs soak sweep site release release-test clean

help:
	@echo 'make wheels           build the wheels of example/hello for the default targets'
	@echo 'make test             install what the tests need, then check formatting, lint and run every test'
	@echo 'make test-all         make test, and what takes longer: make sweep, bucket, container, modules, examples, sdists, free-threaded, soak and release-test'
	@echo 'make test-quick       check formatting, lint and test a debug build, in under three minutes'
	@echo 'make arrows           check that dependencies in src/ point one way'
	@echo 'make judges           run only the tests of finished wheels (tests/judges)'
	@echo 'make frontends        run only the tests with pip, build, uv and setup.py (tests/frontends)'
	@echo 'make toolchain-check  check the data in toolchains/'
	@echo 'make fuzz             fuzz the parsers of wheels, sdists, RECORD, binaries, Go and C, for FUZZ_SECONDS each'
	@echo 'make bench            compare builds and pygo check with other tools; writes docs/benchmarks.md and docs/check-comparison.md'
	@echo 'make bench-compare    measure builds again, and report what got slower than docs/benchmarks.json'
	@echo 'make bench-programs   compare published wheels of Go programs with those that pygo builds; writes docs/programs.md'
	@echo 'make soak             kill pygo matrix at a hundred random moments, and look for damage'
	@echo 'make sweep            run pygo check on hundreds of published wheels; writes docs/sweep.md'
	@echo 'make bucket           share a bucket of an S3 service on this machine between builds'
	@echo 'make modules          build and call modules of the Go proxy'
	@echo 'make sdists           build and call published sdists of other projects'
	@echo 'make free-threaded    import wheels with a CPython without the GIL'
	@echo 'make examples         build the examples for all their targets, and call them'
	@echo 'make container        build the image of the Dockerfile and use it, as root; needs no container engine'
	@echo 'make actionlint       check the workflows of pygo ci, and those of this repository, with actionlint'
	@echo 'make release          build the wheels and the sdist of pygo itself into target/dist'
	@echo 'make release-test     build a release twice for this machine, and install, check and compare it'
	@echo 'make site             build the site of the documentation into target/site'
	@echo 'make clean            remove target/ and the wheels of the examples'

wheels:
	cargo run --release --locked -- matrix example/hello

build:
	cargo build --release --locked

# If arm64.sh, clang.sh, chromium.sh or pypy.sh fails, the tests that need it are skipped, or fail when CI=true.
setup:
	tests/setup/judges.sh
	tests/setup/index.sh
	-tests/setup/arm64.sh
	-tests/setup/clang.sh
	-tests/setup/chromium.sh
	-tests/setup/pypy.sh

lint: arrows
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

arrows:
	python3 tests/arrows.py

# Rust tests are compiled without optimization, which takes a quarter of the time; Python tests run what is released.
# All Python tests run at once, in two processes (tests/conftest.py): the last line counts them.
test: setup lint build
	tests/setup/actionlint.sh
	cargo test --locked
	target/judges/bin/python -m pytest -n 2 --dist loadscope tests/test_arrows.py tests/compiler tests/judges tests/frontends

# `make sweep` writes docs/sweep.md.
test-all: test sweep bucket container modules examples sdists free-threaded soak release-test
	target/judges/bin/python -m pytest -m long tests/judges/test_schema_generated.py tests/judges/test_toolchain_data.py

actionlint: setup build
	tests/setup/actionlint.sh
	target/judges/bin/python -m pytest tests/judges/test_ci_files.py

# A bucket of an S3 service on this machine as the shared cache, with a pygo that knows buckets.
bucket: target/s3/venv/.stamp
	cargo build --release --locked --features s3 --target-dir target/s3
	target/s3/venv/bin/python -m pytest tests/bucket

target/s3/venv/.stamp: tests/setup/s3.txt
	python3 -m venv --clear target/s3/venv
	target/s3/venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/setup/s3.txt
	touch $@

# Modules of the Go proxy, built and called.
modules: build setup
	target/judges/bin/python -m pytest tests/modules

# Published sdists of other projects, built with a pygo table and called.
sdists: build setup
	target/judges/bin/python -m pytest tests/sdists

# Wheels for CPython without the GIL, imported by one that is compiled first, which takes five minutes.
free-threaded: build setup
	tests/setup/free-threaded.sh
	target/judges/bin/python -m pytest tests/judges/test_python_abis.py

# The examples for all their targets, called on amd64 and, under qemu, on arm64; also those with C++ and SQLite, which
# take minutes.
examples: build setup
	target/judges/bin/python -m pytest -m long tests/judges/test_examples.py

target/judges/.stamp:
	tests/setup/judges.sh

# For use between commits: a debug build, and the tests that build no wheel.
test-quick: arrows target/judges/.stamp
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	cargo test --locked -- --skip bad_build:: --skip before:: --skip building:: --skip two_libraries:: --skip fingerprints \
		--skip go_flags:: --skip kept:: --skip missing_libraries:: --skip modules:: --skip other_packages:: \
		--skip preamble:: --skip programs:: --skip sdk::
	PYGO=target/debug/pygo target/judges/bin/python -m pytest -q -m quick tests/test_arrows.py tests/judges

judges: setup build
	target/judges/bin/python -m pytest tests/judges

frontends: setup build
	target/judges/bin/python -m pytest tests/frontends

toolchain-check: setup
	target/judges/bin/python -m pytest tests/judges/test_toolchain_data.py

# cargo-fuzz passes unstable flags, which the stable compiler accepts with RUSTC_BOOTSTRAP. Without
# unsafe code, a sanitizer would find nothing and slow the fuzzer down. Findings are written to
# fuzz/artifacts; turn each into a test.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= wheel sdist elf macho pe record c go
FUZZ = RUSTC_BOOTSTRAP=1 PATH="$(CURDIR)/target/cargo-fuzz/bin:$$PATH" cargo fuzz

fuzz: setup
	$(FUZZ) --version || cargo install --locked --debug --root target/cargo-fuzz cargo-fuzz
	target/judges/bin/python fuzz/seeds.py
	for target in $(FUZZ_TARGETS); do \
	    $(FUZZ) run --sanitizer none $$target -- \
	        -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 -max_len=262144 || exit 1; \
	done

# ROWS names some rows of the table of builds (benches/run.py --list), PAIRS says how often to run each.
BENCH = target/judges/bin/python benches/run.py $(if $(ROWS),--only $(ROWS)) $(if $(PAIRS),--pairs $(PAIRS))

bench-compare: setup build
	$(BENCH) --compare

bench: setup build
	$(BENCH)
	target/judges/bin/python benches/check.py
	target/judges/bin/python benches/speed.py
	target/judges/bin/python benches/memory.py
	target/judges/bin/python benches/scheduling.py
	cargo bench --locked

# Builds shfmt, task and hugo for every platform: half an hour.
bench-programs: setup build
	target/judges/bin/python benches/programs.py

# Kills a matrix at a hundred random moments and looks for what that damaged: ten minutes.
soak: build
	python3 tests/soak.py

# Downloads 1.2 GB once, into the cache directory of the user.
sweep: setup build
	target/judges/bin/python tests/sweep/sweep.py

# The first stage of the image compiles pygo: four minutes. With PYGO, that executable is in the image.
container:
	tests/container.sh

# For TARGETS, or for all, which Rust needs the standard libraries of; TAG must be that of the version.
release: target/release-venv/.stamp
	target/release-venv/bin/python release/build.py $(if $(value TAG),--tag "$$TAG") $(if $(TARGETS),--targets $(TARGETS))

# Compiles pygo four times.
release-test: setup target/release-venv/.stamp
	target/judges/bin/python -m pytest tests/release

target/release-venv/.stamp: release/requirements.txt
	python3 -m venv --clear target/release-venv
	target/release-venv/bin/python -m pip install --quiet --disable-pip-version-check -r release/requirements.txt
	touch $@

# The warning is about a future version of mkdocs.
site: target/site-venv/.stamp
	NO_MKDOCS_2_WARNING=1 target/site-venv/bin/mkdocs build --strict

target/site-venv/.stamp: tests/setup/site.txt
	python3 -m venv --clear target/site-venv
	target/site-venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/setup/site.txt
	touch $@

clean:
	rm -rf target example/*/dist
