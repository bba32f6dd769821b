# One image with both programs: "docker run ... millrace server ..." or "... client ..."; see docs/deployment.md.

# Debian 12 has Java 17 and no other; "tcp" needs 22: --build-arg DEBIAN=trixie --build-arg JAVA=25
ARG DEBIAN=bookworm

FROM docker.io/library/debian:${DEBIAN}-slim AS build
ARG JAVA=17
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      binutils maven "openjdk-$JAVA-jdk-headless" unzip \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY . .
# A settings.xml for a mirror of one's own can be given: --secret id=maven-settings,src=FILE; other options by MAVEN_FLAGS.
ARG MAVEN_FLAGS=
RUN --mount=type=secret,id=maven-settings,target=/root/.m2/settings.xml \
    JAVA_HOME=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")") \
    mvn -B -q -DskipTests -Dmaven.test.skip=true $MAVEN_FLAGS -pl tunnel-client,tunnel-server -am package

# The runtime: the modules that docs/architecture.md names, which a test starts the programs with.
RUN jlink --output /opt/millrace/runtime --compress=2 --no-header-files --no-man-pages --strip-debug \
      --add-modules java.base,java.management,jdk.httpserver,jdk.jfr,jdk.unsupported
# The class archives are for jars of one date: whole seconds, which the layers of the image keep.
RUN set -eu; \
    cp -p tunnel-client/target/tunnel-client.jar tunnel-server/target/tunnel-server.jar scripts/launch \
      scripts/make-archives packaging/docker/entrypoint packaging/docker/healthcheck \
      LICENSE packaging/copyright /opt/millrace/; \
    cp -r licenses /opt/millrace/; \
    mkdir /opt/millrace/native; \
    unzip -q -j -d /opt/millrace/native tunnel-server/target/tunnel-server.jar \
      "META-INF/native/libnetty_transport_native_epoll_$(uname -m | sed 's/aarch64/aarch_64/').so"; \
    chmod 755 /opt/millrace/native/*; \
    ln -s launch /opt/millrace/tunnel-client; \
    ln -s launch /opt/millrace/tunnel-server; \
    touch -d '2026-01-01 00:00:00 UTC' /opt/millrace/*.jar /opt/millrace/runtime/lib/modules

FROM docker.io/library/debian:${DEBIAN}-slim
RUN groupadd --system --gid 990 millrace \
 && useradd --system --uid 990 --gid millrace --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin millrace
COPY --from=build /opt/millrace /opt/millrace
RUN /opt/millrace/make-archives
ENV PATH=/opt/millrace:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER millrace
EXPOSE 29900/udp 12948/tcp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s --retries=3 CMD ["/opt/millrace/healthcheck"]
ENTRYPOINT ["/opt/millrace/entrypoint"]
CMD ["--help"]
