# An image with pygo and its tools, for pipelines:
#
#     docker build -t pygo .
#     docker run --rm -v "$PWD:/io" pygo matrix
#     docker run --rm -it -v "$PWD:/io" pygo bash
#
# A container that starts as root continues as the owner of /io, so that the wheels belong to them.
#
# It builds for every target, on amd64 and arm64 machines. It contains Go, zig, cffi and setuptools, so
# builds download no tools, and git, for versions that come from tags and for private modules. What every
# project needs is compiled for the targets in WARM, which takes 200 MB for each (65 MB compressed): by default
# for those of `pygo matrix` without options.
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${RUST_IMAGE} AS build
WORKDIR /pygo
COPY Cargo.toml Cargo.lock README.md ./
COPY src src
COPY toolchains toolchains
COPY python python
RUN cargo build --release --locked

# A stage of its own, so that neither pip's cache nor temporary files get into the image.
FROM ${PYTHON_IMAGE} AS tools
# BuildKit, buildah and podman set it.
ARG TARGETARCH
RUN case "${TARGETARCH:-$(dpkg --print-architecture)}" in amd64 | arm64) ;; \
    *) echo "pygo's tools exist for amd64 and arm64 machines, not for ${TARGETARCH}" >&2; exit 1 ;; esac
COPY --from=build /pygo/target/release/pygo /usr/local/bin/pygo
ENV PYGO_CACHE_DIR=/var/cache/pygo GOCACHE=/var/cache/pygo/go/build
ARG WARM=linux-amd64,linux-arm64,macos-amd64,macos-arm64
# Go removes what was not used for five days, and images are older than that: hence the time in the future.
# Any user may run the image, so every user can write to the cache.
RUN pygo toolchain install \
    && if [ -n "$WARM" ]; then pygo toolchain warm --targets "$WARM"; fi \
    && mkdir -p "$GOCACHE" && find "$GOCACHE" -type f -name '*-[ad]' -exec touch -d 2037-01-01 {} + \
    && rm -rf /var/cache/pygo/tmp /var/cache/pygo/logs \
    && chmod -R a+rwX /var/cache/pygo

FROM ${PYTHON_IMAGE}
# The git repository of a project may belong to another user than the container's.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && apt-get clean && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*'
COPY docker/entrypoint.sh /usr/local/bin/entrypoint
# COPY would create it for root alone.
RUN mkdir -m 777 /var/cache/pygo
COPY --from=tools /var/cache/pygo /var/cache/pygo
COPY --from=build /pygo/target/release/pygo /usr/local/bin/pygo
ENV PYGO_CACHE_DIR=/var/cache/pygo GOCACHE=/var/cache/pygo/go/build
WORKDIR /io
ENTRYPOINT ["entrypoint"]
CMD ["matrix"]
