# The factory as an image, for pipelines that start from one:
#
#     docker build -t pygo .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/project" pygo matrix
#
# One image on one machine builds for every target. Go, zig and cffi are in it, so that nothing is
# fetched when it runs.
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${RUST_IMAGE} AS build
WORKDIR /pygo
COPY Cargo.toml Cargo.lock README.md ./
COPY src src
COPY toolchains toolchains
COPY python python
RUN cargo build --release --locked

FROM ${PYTHON_IMAGE}
COPY --from=build /pygo/target/release/pygo /usr/local/bin/pygo
# Whoever runs it may use the cache, whatever number their user has.
ENV PYGO_CACHE_DIR=/var/cache/pygo
RUN pygo toolchain install && chmod -R a+rwX /var/cache/pygo
WORKDIR /project
ENTRYPOINT ["pygo"]
CMD ["matrix"]
