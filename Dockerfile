# An image with pygo and its tools, for pipelines:
#
#     docker build -t pygo .
#     docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/project" pygo matrix
#     docker run --rm -it -v "$PWD:/project" pygo bash
#
# It builds for every target. It contains Go, zig and cffi, so builds download no tools, and git, for
# versions that come from tags and for private modules.
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
# The project belongs to another user if the container runs as root.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /project
COPY --from=build /pygo/target/release/pygo /usr/local/bin/pygo
# Any user may run the image, so every user can write to the cache.
ENV PYGO_CACHE_DIR=/var/cache/pygo
RUN pygo toolchain install && chmod -R a+rwX /var/cache/pygo
# Arguments are pygo's, unless they start with another program that people use here.
RUN printf '%s\n' '#!/bin/sh' 'case "$1" in' \
    'bash | sh | git | pip | python | python3 | pygo | /*) exec "$@" ;;' \
    '*) exec pygo "$@" ;;' 'esac' > /usr/local/bin/entrypoint \
    && chmod +x /usr/local/bin/entrypoint
WORKDIR /project
ENTRYPOINT ["entrypoint"]
CMD ["matrix"]
