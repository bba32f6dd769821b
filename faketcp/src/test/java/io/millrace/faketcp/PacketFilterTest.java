package io.millrace.faketcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.faketcp.PacketFilter.Instruction;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs, run as the kernel runs them. */
class PacketFilterTest {
    private static final int SERVER_PORT = 29_900;
    private static final int CLIENT_PORT = 40_000;

    /** The classic BPF machine, as far as needed; a load beyond the packet refuses it. */
    private static boolean passes(PacketFilter filter, ByteBuffer packet) {
        List<Instruction> program = filter.program();
        int a = 0;
        int x = 0;
        int at = 0;
        try {
            while (true) {
                Instruction step = program.get(at++);
                int k = step.value();
                switch (step.code()) {
                    case PacketFilter.LOAD_WORD -> a = packet.getInt(k);
                    case PacketFilter.LOAD_BYTE -> a = packet.get(k) & 0xff;
                    case PacketFilter.LOAD_HALF_AT_X -> a = packet.getShort(x + k) & 0xffff;
                    case PacketFilter.LOAD_X_CONSTANT -> x = k;
                    case PacketFilter.LOAD_X_IPV4_HEADER_BYTES -> x = 4 * (packet.get(k) & 0x0f);
                    case PacketFilter.AND -> a &= k;
                    case PacketFilter.SHIFT_RIGHT -> a >>>= k;
                    case PacketFilter.MODULO -> a = Integer.remainderUnsigned(a, k);
                    case PacketFilter.JUMP_IF_EQUAL -> at += a == k ? step.jumpIfTrue() : step.jumpIfFalse();
                    case PacketFilter.RETURN -> {
                        assertThat(k).isIn(0, PacketFilter.WHOLE);
                        return k != 0;
                    }
                    default -> throw new AssertionError("code " + step.code());
                }
            }
        } catch (IndexOutOfBoundsException beyondThePacket) {
            return false;
        }
    }

    private static ByteBuffer segment(int sourcePort, int destinationPort, int flags) {
        ByteBuffer segment = ByteBuffer.allocate(20);
        segment.putShort(0, (short) sourcePort).putShort(2, (short) destinationPort);
        return segment.put(13, (byte) flags);
    }

    /** With a header of 24 bytes, so that its length must be looked at. */
    private static ByteBuffer ipv4(InetAddress source, ByteBuffer segment) {
        ByteBuffer packet = ByteBuffer.allocate(44);
        packet.put(0, (byte) 0x46);
        packet.put(12, source.getAddress());
        return packet.put(24, segment, 0, 20);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest(name = "from {0}:{1} to {2}")
    @CsvSource({
        "10.9.0.2, 29900, 40000, true",
        "10.9.0.3, 29900, 40000, false",
        "10.9.0.2, 29901, 40000, false",
        "10.9.0.2, 29900, 40001, false",
        "200.9.0.2, 29900, 40000, false",
    })
    void aClientGetsWhatItsServerSendsToItsPort(String source, int from, int to, boolean expected) {
        PacketFilter filter = PacketFilter.ofClient(address("10.9.0.2"), SERVER_PORT, CLIENT_PORT);
        assertThat(passes(filter, ipv4(address(source), segment(from, to, 0x18))))
                .isEqualTo(expected);
    }

    @Test
    void anAddressWithTheHighBitIsCompared() {
        PacketFilter filter = PacketFilter.ofClient(address("203.0.113.9"), SERVER_PORT, CLIENT_PORT);
        ByteBuffer segment = segment(SERVER_PORT, CLIENT_PORT, 0x18);
        assertThat(passes(filter, ipv4(address("203.0.113.9"), segment))).isTrue();
        assertThat(passes(filter, ipv4(address("203.0.113.8"), segment))).isFalse();
    }

    @Test
    void overIpv6ThePortsAreCompared() {
        PacketFilter filter = PacketFilter.ofClient(address("fd09::2"), SERVER_PORT, CLIENT_PORT);
        assertThat(passes(filter, segment(SERVER_PORT, CLIENT_PORT, 0x18))).isTrue();
        assertThat(passes(filter, segment(SERVER_PORT + 1, CLIENT_PORT, 0x18))).isFalse();
        assertThat(passes(filter, segment(SERVER_PORT, CLIENT_PORT - 1, 0x18))).isFalse();
    }

    @ParameterizedTest(name = "{0} sockets")
    @ValueSource(ints = {1, 2, 3, 16})
    void eachPeerIsInExactlyOneShare(int sockets) {
        int[] peers = new int[sockets];
        for (int port = 1; port < 65_536; port += 1 + port % 7) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                ByteBuffer segment = segment(port, SERVER_PORT, 0x18);
                ByteBuffer packet = ipv4 ? ipv4(address("10.9.0.1"), segment) : segment;
                int taken = 0;
                for (int share = 0; share < sockets; share++) {
                    if (passes(PacketFilter.ofServer(ipv4, SERVER_PORT, sockets, share), packet)) {
                        assertThat(PacketFilter.share(port, sockets)).isEqualTo(share);
                        peers[share] += port % 2 == 0 ? 1 : 0;
                        taken++;
                    }
                }
                assertThat(taken).isOne();
            }
        }
        assertThat(peers).doesNotContain(0); // even ports alone are spread, too
    }

    @Test
    void aServerGetsNothingSentToOtherPorts() {
        PacketFilter filter = PacketFilter.ofServer(false, SERVER_PORT, 1, 0);
        assertThat(passes(filter, segment(CLIENT_PORT, SERVER_PORT + 1, 0x18))).isFalse();
        assertThat(passes(filter, ByteBuffer.allocate(2))).isFalse();
    }

    @ParameterizedTest(name = "flags {0}")
    @CsvSource({
        "0x02, true", // SYN
        "0x12, true", // SYN, ACK
        "0x10, true", // the ACK of the handshake
        "0x11, true", // FIN
        "0x19, true", // FIN with what was left to push
        "0x04, true", // RST
        "0x1c, true", // RST with everything
        "0x18, false", // a disguised datagram
        "0x08, false",
        "0xf8, false", // with ECN bits
    })
    void theKernelsConnectionGetsAllButDatagrams(String flags, boolean expected) {
        assertThat(passes(PacketFilter.ofConnection(), segment(1, 2, Integer.decode(flags))))
                .isEqualTo(expected);
    }
}
