# An image with pygo and its tools, for pipelines:
#
#     docker build -t pygo .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/project" pygo matrix
#
# It builds for every target. It contains Go, zig and cffi, so builds download no tools.
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
# Any user may run the image, so every user can write to the cache.
ENV PYGO_CACHE_DIR=/var/cache/pygo
RUN pygo toolchain install && chmod -R a+rwX /var/cache/pygo
WORKDIR /project
ENTRYPOINT ["pygo"]
CMD ["matrix"]
