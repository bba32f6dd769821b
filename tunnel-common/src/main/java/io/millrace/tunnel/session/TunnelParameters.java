package io.millrace.tunnel.session;

import io.millrace.config.KcpSettings;
import io.millrace.config.QppSettings;
import io.millrace.config.SmuxSettings;
import io.millrace.config.TunnelSettings;
import io.millrace.kcp.DatagramOptions;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.RtoSlack;
import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.session.SessionConfig;
import io.millrace.smux.SmuxConfig;
import io.millrace.smux.SmuxLimits;
import io.millrace.smux.SmuxMemoryLimit;
import io.millrace.tunnel.compression.CompressionErrors;
import io.millrace.tunnel.diagnosis.SaidLately;
import io.millrace.tunnel.diagnosis.SessionWatch;
import io.millrace.tunnel.qpp.QppHandler;
import io.millrace.tunnel.qpp.QppPads;
import io.millrace.tunnel.relay.RelayBuffers;
import io.millrace.tunnel.relay.RelayOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The user's settings in the words of the layers below. Deriving the key is slow on purpose, so make one of these early
 * and keep it: it happens on a thread of its own, and only the first cipher waits for it.
 */
public final class TunnelParameters {
    /** After a version 1 peer's FIN, data for it goes on for so long: it cannot say that it is gone. */
    private static final long VERSION_1_PEER_FIN_LIMIT_MS = TimeUnit.SECONDS.toMillis(30);

    /** How long a half-closed connection may wait is {@code closewait}'s to say, and the relay's to see to: {@link #serverRelay}. */
    private static final SmuxLimits STREAM_LIMITS =
            SmuxLimits.builder().halfCloseLingerMs(0).halfCloseStallMs(0).build();

    /** Of the JVM's limit for the heap, which by default is the one for buffers outside of it too. */
    private static final int RECEIVED_MEMORY_SHARE = 2;

    private final TunnelSettings settings;
    private final CompletableFuture<TunnelKey> key;
    private final @Nullable QppPads pads;
    private final SaidLately said = new SaidLately();
    private final CompressionErrors compressionErrors = new CompressionErrors();
    private final SmuxMemoryLimit receivedMemory =
            new SmuxMemoryLimit(Runtime.getRuntime().maxMemory() / RECEIVED_MEMORY_SHARE);

    /** Derives the packet key, and the pads if they are used, from the user's key. */
    public TunnelParameters(TunnelSettings settings) {
        this.settings = settings;
        this.key = CompletableFuture.supplyAsync(
                () -> TunnelKey.derive(settings.key().bytes()), TunnelParameters::startThread);
        QppSettings qpp = settings.qpp();
        this.pads = qpp.enabled() ? QppPads.derive(settings.key().bytes(), qpp.padCount(), qpp.generation()) : null;
    }

    private static void startThread(Runnable task) {
        Thread thread = new Thread(task, "millrace-key");
        thread.setDaemon(true);
        thread.start();
    }

    /** The settings this was made of. */
    public TunnelSettings settings() {
        return settings;
    }

    /** A cipher for one thread. */
    public PacketCipher newCipher() {
        return PacketCiphers.create(settings.crypt().configName(), key.join());
    }

    /** KCP and FEC. */
    public SessionConfig kcp() {
        KcpSettings kcp = settings.kcp();
        return new SessionConfig(
                new KcpConfig(
                        kcp.mtuBytes(),
                        kcp.sndWndPackets(),
                        kcp.rcvWndPackets(),
                        kcp.nodelay() != 0,
                        kcp.intervalMs(),
                        kcp.resend(),
                        kcp.nc() == 0,
                        kcp.ackNoDelay(),
                        new RtoSlack(kcp.irtoBackoff(), kcp.irtoThresholdPackets())),
                settings.fec().dataShards(),
                settings.fec().parityShards(),
                kcp.rateLimitBytesPerSecond());
    }

    /** The log of the sessions of a client's event loop, which looks after them too. */
    public SessionLog newClientLog(@Nullable Class<? extends DatagramChannel> udpChannel) {
        String crypt = settings.crypt().configName();
        return new SessionLog(SessionWatch.client(crypt, format().toString(), udpChannel, said), compressionErrors);
    }

    /** The same for a server's. */
    public SessionLog newServerLog() {
        return new SessionLog(SessionWatch.server(settings.crypt().configName(), said), compressionErrors);
    }

    /** The UDP socket. */
    public DatagramOptions datagrams() {
        return new DatagramOptions(
                settings.udp().socketBufferBytes(), settings.udp().dscp());
    }

    /** What this end's sessions are made of. */
    public StreamFormat format() {
        return new StreamFormat(settings.compression(), settings.smux().version());
    }

    /** Multiplexing. */
    public SmuxConfig smux() {
        return smux(settings.smux().version());
    }

    /** Multiplexing with the version that a client has chosen. */
    public SmuxConfig smux(int version) {
        SmuxSettings smux = settings.smux();
        return SmuxConfig.builder()
                .version(version)
                .keepAliveIntervalMs(TimeUnit.SECONDS.toMillis(smux.keepAliveSeconds()))
                .keepAliveTimeoutMs(TimeUnit.SECONDS.toMillis(SmuxSettings.KEEP_ALIVE_TIMEOUT_SECONDS))
                .maxFrameBytes(smux.frameSizeBytes())
                .maxReceiveBufferBytes(smux.sessionBufferBytes())
                .maxStreamBufferBytes(smux.streamBufferBytes())
                .limits(STREAM_LIMITS)
                .build();
    }

    /**
     * What all sessions of the program together may hold of data that applications have not taken yet: each is bounded by
     * {@code smuxbuf}, and there may be thousands.
     */
    public SmuxMemoryLimit receivedMemory() {
        return receivedMemory;
    }

    /** Sets a stream up before it is joined: little memory, not read yet, and QPP if it is on. spec: tunnel 6.5 */
    public void prepareStream(Channel stream) {
        RelayBuffers.limit(stream);
        stream.config().setOption(ChannelOption.AUTO_READ, false);
        if (pads != null) {
            stream.pipeline().addLast(new QppHandler(pads));
        }
    }

    /**
     * Joining streams and applications' sockets. With {@code closewait} an application's end of input is held back, since
     * that of a kcptun server ends both directions; without, it is passed on at once. spec: tunnel 4
     */
    public RelayOptions clientRelay() {
        long closeWaitMs = closeWaitMs();
        RelayOptions options = settings.smux().version() == 1
                ? RelayOptions.DEFAULT.withPeerFinLimitMs(Math.max(closeWaitMs, VERSION_1_PEER_FIN_LIMIT_MS))
                : RelayOptions.DEFAULT;
        return closeWaitMs == 0 ? options : options.holdingFin(closeWaitMs);
    }

    /**
     * Joining streams and targets. {@code closewait} bounds what is done for a client that has ended its input and may be
     * gone: with version 2 how long it may take nothing, with version 1, which cannot tell, how long it gets anything.
     * spec: tunnel 4
     *
     * @param smuxVersion of the session: clients choose it
     */
    public RelayOptions serverRelay(int smuxVersion) {
        long closeWaitMs = closeWaitMs();
        if (closeWaitMs == 0 || smuxVersion == 1) {
            return RelayOptions.DEFAULT.withPeerFinLimitMs(closeWaitMs);
        }
        return RelayOptions.DEFAULT.withPeerFinStallMs(closeWaitMs);
    }

    private long closeWaitMs() {
        return TimeUnit.SECONDS.toMillis(settings.relay().closeWaitSeconds());
    }
}
