package io.millrace.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A UDP relay in user space that behaves like a bad link: clients send to {@link #address()}, the target gets what the link
 * lets through, and answers take the same way back. All clients share the link; each has a socket of its own towards the
 * target. A datagram's fate is decided as on a {@link DuplexLink} whose end A is the clients' and which has the same seed, so the
 * nth datagram sent meets the same loss in both.
 *
 * <p>One thread relays; all methods may be called from any thread. A receiver whose socket buffer is full loses datagrams that
 * are counted as delivered here, as on a real host.
 */
public final class LinkEmulator implements AutoCloseable {
    private static final long CLOSE_WAIT_MS = 10_000;

    private final LinkModel toTarget;
    private final LinkModel toClient;
    private final RelayLoop loop;
    private final Thread thread;
    private final InetSocketAddress address;
    private volatile @Nullable Throwable failure;

    private LinkEmulator(Builder settings) throws IOException {
        toTarget = new LinkModel(settings.toTarget, Seeds.derive(settings.seed, DuplexLink.A_TO_B), 0);
        toClient = new LinkModel(settings.toClient, Seeds.derive(settings.seed, DuplexLink.B_TO_A), 0);
        loop = new RelayLoop(settings, toTarget, toClient);
        address = loop.address();
        thread = new Thread(loop, "link-emulator-" + address.getPort());
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> failure = e);
        thread.start();
    }

    /** Listens on a free loopback port, perfect both ways, until told otherwise. */
    public static Builder builder(InetSocketAddress target) {
        return new Builder(target);
    }

    /** Where clients send to. */
    public InetSocketAddress address() {
        return address;
    }

    public int port() {
        return address.getPort();
    }

    /** Clients that have a socket towards the target now. */
    public int clients() {
        return loop.clients();
    }

    public LinkCounters toTargetCounters() {
        return toTarget.counters();
    }

    public LinkCounters toClientCounters() {
        return toClient.counters();
    }

    /** Both directions, for datagrams that come from now on. */
    public void setProfile(LinkProfile profile) {
        toTarget.setProfile(profile);
        toClient.setProfile(profile);
    }

    public void setToTargetProfile(LinkProfile profile) {
        toTarget.setProfile(profile);
    }

    /** Switches a blackout of both directions on or off; datagrams on their way still arrive. */
    public void setBlackout(boolean on) {
        toTarget.setBlackout(on);
        toClient.setBlackout(on);
    }

    /** As a NAT that lost its table: each client's next datagram reaches the target from a new address. */
    public void forgetClients() {
        loop.forgetClients();
    }

    /** {@code {"toTarget":{...},"toClient":{...}}} on one line; the fields are those of {@link LinkCounters}. */
    public String countersJson() {
        return "{\"toTarget\":" + toTargetCounters().toJson() + ",\"toClient\":"
                + toClientCounters().toJson() + "}";
    }

    /** Stops relaying, drops what is on its way and waits until the sockets are closed. */
    @Override
    public void close() {
        loop.stop();
        try {
            thread.join(CLOSE_WAIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure;
        if (cause != null) {
            throw new IllegalStateException("the emulator's thread ended early", cause);
        }
    }

    /** What an emulator is started with. */
    public static final class Builder {
        private final InetSocketAddress target;
        private InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        private LinkProfile toTarget = LinkProfile.PERFECT;
        private LinkProfile toClient = LinkProfile.PERFECT;
        private long seed;
        private int maxClients = 1024;
        private long idleTimeoutMs = 300_000;

        private Builder(InetSocketAddress target) {
            this.target = target;
        }

        /** Default: a free port on loopback. */
        public Builder listen(InetSocketAddress address) {
            listen = address;
            return this;
        }

        /** The same profile both ways. */
        public Builder profile(LinkProfile both) {
            return toTarget(both).toClient(both);
        }

        public Builder toTarget(LinkProfile profile) {
            toTarget = profile;
            return this;
        }

        public Builder toClient(LinkProfile profile) {
            toClient = profile;
            return this;
        }

        /** Default 0. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /** Datagrams of further clients are counted as undeliverable; 1 or more, default 1024. */
        public Builder maxClients(int clients) {
            if (clients < 1) {
                throw new IllegalArgumentException("maxClients is " + clients + ", must be 1 or more");
            }
            maxClients = clients;
            return this;
        }

        /** A client silent both ways for so long is forgotten (looked at once a second); default 300,000. */
        public Builder idleTimeoutMs(long ms) {
            if (ms < 0) {
                throw new IllegalArgumentException("idleTimeoutMs is " + ms + ", must be 0 or more");
            }
            idleTimeoutMs = ms;
            return this;
        }

        /** Binds and starts to relay; fails when the address cannot be bound. */
        public LinkEmulator start() throws IOException {
            return new LinkEmulator(this);
        }

        InetSocketAddress target() {
            return target;
        }

        InetSocketAddress listen() {
            return listen;
        }

        int maxClients() {
            return maxClients;
        }

        long idleTimeoutMs() {
            return idleTimeoutMs;
        }
    }
}
