package io.millrace.testkit;

import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;

/** One client of the emulator: its address and the socket that stands for it towards the target. */
final class EmulatorClient {
    final SocketAddress address;
    final DatagramChannel upstream;
    long lastActiveNs;

    EmulatorClient(SocketAddress address, DatagramChannel upstream) {
        this.address = address;
        this.upstream = upstream;
    }
}
