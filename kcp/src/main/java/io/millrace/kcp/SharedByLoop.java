package io.millrace.kcp;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.session.SessionConfig;
import io.millrace.kcp.session.SharedResources;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One set of what sessions share for each event loop, so that many sockets on a loop cost little. Any thread. */
final class SharedByLoop {
    private final Map<EventLoop, SharedResources> sets = new ConcurrentHashMap<>();
    private final SessionConfig config;
    private final Supplier<? extends PacketCipher> ciphers;

    SharedByLoop(SessionConfig config, Supplier<? extends PacketCipher> ciphers) {
        this.config = config;
        this.ciphers = ciphers;
    }

    SharedResources of(EventLoop loop) {
        return sets.computeIfAbsent(
                loop,
                fresh -> SharedResources.create(
                        ciphers.get(), DatagramSender.burstPackets(config.kcp().mtuBytes())));
    }
}
