# gochat in a container. It is built on Debian slim, and what runs is the
# program, its libraries and the few files that these read: no shell, no
# package manager, nothing that is setuid. packaging/README.md says more.
#
#	docker build -t gochat_gochat .
#	docker run -it --rm gochat_gochat --bootnode HOST:9595 --room test

FROM debian:trixie-slim AS build
# First what seldom changes, so that it is kept from one build to the next.
COPY packaging/install-deps /src/packaging/install-deps
RUN /src/packaging/install-deps --build && rm -rf /var/lib/apt/lists/*
COPY . /src
WORKDIR /src
# No file of the image is newer than this, in seconds since 1970.
ARG SOURCE_DATE_EPOCH=0
RUN make -j "$(nproc)" PREFIX=/usr && \
    make install DESTDIR=/installed PREFIX=/usr && \
    SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH \
	packaging/container/fill-image /installed /image && \
    mkdir -m 700 -p /owned/gochat

FROM scratch
LABEL org.opencontainers.image.title="gochat" \
      org.opencontainers.image.description="End-to-end encrypted group chat on the terminal: client and bootnode" \
      org.opencontainers.image.licenses="ISC" \
      org.opencontainers.image.base.name="debian:trixie-slim"
COPY --from=build /image /
# /var/lib/gochat for its state, /run/gochat for a socket; volumes that are
# mounted there take over owner and mode.
COPY --from=build --chown=9595:9595 /owned /var/lib
COPY --from=build --chown=9595:9595 /owned /run
# The user of fill-image, as a number: so it can be seen that it is not root.
USER 9595:9595
# What STATE_DIR is below if it is not set: identity, keys, known peers.
ENV XDG_STATE_HOME=/var/lib
# Or what is not ASCII would be shown as numbers.
ENV LANG=C.UTF-8
VOLUME /var/lib/gochat
EXPOSE 9595/udp
STOPSIGNAL SIGTERM
# A bootnode lets a client in that asks from inside; --bootnode has the port of
# BOOTNODE_UDP_PORT. A client, and a bootnode that LISTEN puts elsewhere, take
# --no-healthcheck.
HEALTHCHECK --interval=60s --timeout=20s --start-period=10s --retries=3 \
    CMD ["/usr/bin/gochat", "--mode", "check", "--bootnode", "127.0.0.1"]
ENTRYPOINT ["/usr/bin/gochat"]
