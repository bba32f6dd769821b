package io.millrace.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The emulator's thread: reads datagrams, asks the direction's {@link LinkModel} about each and sends the copies when their
 * time has come. Only {@link #stop}, {@link #forgetClients} and {@link #clients} may be called from other threads.
 */
final class RelayLoop implements Runnable {
    private static final int READ_BATCH = 64;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final long NS_PER_MS = VirtualClock.NS_PER_MS;
    private static final long EXPIRY_CHECK_NS = 1000 * NS_PER_MS;
    /** The selector sleeps whole milliseconds only; nearer times are waited for in short naps between looks at the sockets. */
    private static final long SELECT_FROM_NS = 2 * NS_PER_MS;

    private static final long NAP_NS = 50_000;

    private final InetSocketAddress target;
    private final int maxClients;
    private final long idleTimeoutNs;
    private final LinkModel toTarget;
    private final LinkModel toClient;
    private final Selector selector;
    private final DatagramChannel listen;
    private final long originNs = System.nanoTime();

    private final Map<SocketAddress, EmulatorClient> clients = new HashMap<>();
    private final PriorityQueue<DelayedDatagram> delayed = new PriorityQueue<>();
    private final DatagramPool pool = new DatagramPool();
    private final ByteBuffer received = ByteBuffer.allocateDirect(DatagramPool.LARGEST_DATAGRAM_BYTES);
    private final Consumer<SelectionKey> readReady = this::read;
    private long order;
    private long expiryDueNs = EXPIRY_CHECK_NS;

    private volatile boolean stopped;
    private volatile boolean forgetClients;
    private volatile int clientCount;

    RelayLoop(LinkEmulator.Builder settings, LinkModel toTarget, LinkModel toClient) throws IOException {
        this.target = settings.target();
        this.maxClients = settings.maxClients();
        this.idleTimeoutNs = settings.idleTimeoutMs() * NS_PER_MS;
        this.toTarget = toTarget;
        this.toClient = toClient;
        this.selector = Selector.open();
        try {
            this.listen = open();
        } catch (IOException e) {
            selector.close();
            throw e;
        }
        try {
            listen.bind(settings.listen());
            listen.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            closeAll();
            throw e;
        }
    }

    private static DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
        return channel;
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listen.getLocalAddress();
    }

    int clients() {
        return clientCount;
    }

    void forgetClients() {
        forgetClients = true;
        selector.wakeup();
    }

    void stop() {
        stopped = true;
        selector.wakeup();
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                waitForWork();
                long nowNs = nowNs();
                deliverDue(nowNs);
                closeClients(nowNs);
            }
        } catch (IOException e) {
            throw new IllegalStateException("the emulator's selector failed", e);
        } finally {
            closeAll();
        }
    }

    private long nowNs() {
        return System.nanoTime() - originNs;
    }

    private void waitForWork() throws IOException {
        DelayedDatagram next = delayed.peek();
        long dueNs = next == null ? expiryDueNs : Math.min(next.deliverAtNs, expiryDueNs);
        long waitNs = dueNs - nowNs();
        if (waitNs >= SELECT_FROM_NS) {
            selector.select(readReady, (waitNs - NS_PER_MS) / NS_PER_MS);
        } else if (selector.selectNow(readReady) == 0 && waitNs > 0) {
            LockSupport.parkNanos(Math.min(waitNs, NAP_NS));
        }
    }

    private void read(SelectionKey key) {
        EmulatorClient client = (EmulatorClient) key.attachment();
        long nowNs = nowNs();
        try {
            for (int i = 0; i < READ_BATCH; i++) {
                received.clear();
                SocketAddress from = (client == null ? listen : client.upstream).receive(received);
                if (from == null) {
                    return;
                }
                received.flip();
                if (client == null) {
                    fromClient(clientAt(from), nowNs);
                } else if (from.equals(
                        target)) { // not connected: the JDK sends no empty datagrams on connected sockets
                    client.lastActiveNs = nowNs;
                    relay(toClient, client, nowNs);
                }
            }
        } catch (IOException e) {
            // an error the kernel kept for this socket; what it holds is read next time
            return;
        }
    }

    private void fromClient(@Nullable EmulatorClient client, long nowNs) {
        if (client == null) {
            toTarget.onRefused(received.remaining());
        } else {
            client.lastActiveNs = nowNs;
            relay(toTarget, client, nowNs);
        }
    }

    private @Nullable EmulatorClient clientAt(SocketAddress address) {
        EmulatorClient known = clients.get(address);
        if (known != null || clients.size() >= maxClients) {
            return known;
        }
        try {
            DatagramChannel upstream = open();
            try {
                upstream.bind(null);
                EmulatorClient client = new EmulatorClient(address, upstream);
                upstream.register(selector, SelectionKey.OP_READ, client);
                clients.put(address, client);
                clientCount = clients.size();
                return client;
            } catch (IOException e) {
                upstream.close();
                throw e;
            }
        } catch (IOException e) {
            return null; // no socket to be had: counted as undeliverable
        }
    }

    private void relay(LinkModel model, EmulatorClient client, long nowNs) {
        int length = received.remaining();
        int copies = model.decide(nowNs, length);
        for (int copy = 0; copy < copies; copy++) {
            DelayedDatagram datagram = pool.acquire(length);
            if (datagram == null) {
                model.onUndeliverable();
                continue;
            }
            datagram.bytes.clear().put(0, received, 0, length).limit(length);
            if (model.isCorrupt(copy)) {
                model.corrupt(datagram.bytes, 0, length);
            }
            datagram.deliverAtNs = model.deliverAtNs(copy);
            datagram.order = order++;
            datagram.sequence = model.sequence();
            datagram.toTarget = model == toTarget;
            datagram.client = client;
            delayed.add(datagram);
        }
    }

    private void deliverDue(long nowNs) {
        DelayedDatagram datagram = delayed.peek();
        while (datagram != null && datagram.deliverAtNs <= nowNs) {
            delayed.remove();
            EmulatorClient client = datagram.client;
            if (client != null) {
                deliver(datagram, client);
            }
            pool.release(datagram);
            datagram = delayed.peek();
        }
    }

    private void deliver(DelayedDatagram datagram, EmulatorClient client) {
        LinkModel model = datagram.toTarget ? toTarget : toClient;
        int length = datagram.bytes.remaining();
        int sent = -1;
        try {
            sent = datagram.toTarget
                    ? client.upstream.send(datagram.bytes, target)
                    : listen.send(datagram.bytes, client.address);
        } catch (IOException e) {
            // nobody listens, or the client is gone: counted below
            sent = -1;
        }
        if (sent == length) {
            model.onDelivered(datagram.sequence, length);
        } else {
            model.onUndeliverable();
        }
    }

    private void closeClients(long nowNs) {
        boolean all = forgetClients;
        if (!all && nowNs < expiryDueNs) {
            return;
        }
        forgetClients = false;
        expiryDueNs = nowNs + EXPIRY_CHECK_NS;
        for (Iterator<EmulatorClient> i = clients.values().iterator(); i.hasNext(); ) {
            EmulatorClient client = i.next();
            if (all || nowNs - client.lastActiveNs >= idleTimeoutNs) {
                closeQuietly(client.upstream);
                i.remove();
            }
        }
        clientCount = clients.size();
    }

    private void closeAll() {
        clients.values().forEach(client -> closeQuietly(client.upstream));
        closeQuietly(listen);
        closeQuietly(selector);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // closing a datagram socket loses nothing
        }
    }
}
