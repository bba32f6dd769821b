package io.millrace.faketcp;

import io.netty.channel.Channel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A classic BPF program that the kernel runs over each packet before it reaches a socket. The filters of raw sockets spare
 * this process all other TCP traffic of the machine. The one of the kernel's own connection keeps disguised datagrams from
 * the kernel's TCP, which thus never answers them: upstream lets it answer, and hides that with TTL 1 and a firewall rule
 * (spec: tunnel 7.1), which stays behind after a crash. Immutable.
 */
final class PacketFilter {
    // linux/bpf_common.h: class | size | mode, or class | operation | source
    static final int LOAD_WORD = 0x20;
    static final int LOAD_BYTE = 0x30;
    static final int LOAD_HALF_AT_X = 0x48;
    static final int LOAD_X_CONSTANT = 0x01;
    static final int LOAD_X_IPV4_HEADER_BYTES = 0xb1;
    static final int AND = 0x54;
    static final int SHIFT_RIGHT = 0x74;
    static final int MODULO = 0x94;
    static final int JUMP_IF_EQUAL = 0x15;
    static final int RETURN = 0x06;

    /** A return value: how many bytes of the packet the socket gets. */
    static final int WHOLE = -1;

    private static final int NONE = 0;
    private static final int INSTRUCTION_BYTES = 8;

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    private static final int IPV4_SOURCE = 12;
    private static final int TCP_SOURCE_PORT = 0;
    private static final int TCP_DESTINATION_PORT = 2;
    private static final int TCP_FLAGS = 13;
    private static final int FIN_SYN_RST_PSH = 0x0f;
    private static final int PSH = 0x08;

    /** One step; the jumps count the instructions to leave out. */
    record Instruction(int code, int jumpIfTrue, int jumpIfFalse, int value) {}

    private final List<Instruction> program;

    private PacketFilter(Builder builder) {
        builder.add(RETURN, WHOLE);
        program = List.copyOf(builder.program);
    }

    /** For a client's raw socket: what the server sends to one local port. */
    static PacketFilter ofClient(InetAddress server, int serverPort, int localPort) {
        Builder builder = new Builder();
        if (server instanceof Inet4Address) {
            builder.add(LOAD_WORD, IPV4_SOURCE)
                    .require(ByteBuffer.wrap(server.getAddress()).getInt());
        }
        builder.skipIpHeader(server instanceof Inet4Address);
        builder.add(LOAD_HALF_AT_X, TCP_SOURCE_PORT).require(serverPort);
        builder.add(LOAD_HALF_AT_X, TCP_DESTINATION_PORT).require(localPort);
        return new PacketFilter(builder);
    }

    /**
     * For one of several raw sockets of a server: what is sent to its port by its share of the peers.
     *
     * @param sockets how many share the peers, at least 1
     * @param share which of them this is, from 0
     */
    static PacketFilter ofServer(boolean ipv4, int port, int sockets, int share) {
        Builder builder = new Builder();
        builder.skipIpHeader(ipv4);
        builder.add(LOAD_HALF_AT_X, TCP_DESTINATION_PORT).require(port);
        builder.add(LOAD_HALF_AT_X, TCP_SOURCE_PORT)
                .add(SHIFT_RIGHT, 1)
                .add(MODULO, sockets)
                .require(share);
        return new PacketFilter(builder);
    }

    /** The share of {@link #ofServer} that a peer belongs to. Linux connects from even ports mostly, hence the shift. */
    static int share(int peerPort, int sockets) {
        return (peerPort >>> 1) % sockets;
    }

    /** For a connection of the kernel, whose packets begin with the TCP header here: all but disguised datagrams. */
    static PacketFilter ofConnection() {
        Builder builder = new Builder();
        builder.add(LOAD_BYTE, TCP_FLAGS).add(AND, FIN_SYN_RST_PSH).refuse(PSH);
        return new PacketFilter(builder);
    }

    List<Instruction> program() {
        return program;
    }

    /**
     * Attaches it to a channel's socket, in the place of an earlier one; the kernel takes a copy.
     *
     * @throws io.netty.channel.ChannelException if the kernel refuses it
     */
    void attachTo(Channel channel) {
        // struct sock_fprog { unsigned short len; struct sock_filter *filter; }, and the instructions behind it
        int wordBytes = Buffer.addressSize();
        int headerBytes = 2 * wordBytes;
        ByteBuffer bytes = ByteBuffer.allocateDirect(headerBytes + program.size() * INSTRUCTION_BYTES)
                .order(ByteOrder.nativeOrder());
        bytes.putShort(0, (short) program.size());
        long address = Buffer.memoryAddress(bytes) + headerBytes;
        if (wordBytes == Long.BYTES) {
            bytes.putLong(wordBytes, address);
        } else {
            bytes.putInt(wordBytes, (int) address);
        }
        bytes.position(headerBytes);
        for (Instruction each : program) {
            bytes.putShort((short) each.code)
                    .put((byte) each.jumpIfTrue)
                    .put((byte) each.jumpIfFalse)
                    .putInt(each.value);
        }
        bytes.position(0).limit(headerBytes);
        channel.config()
                .setOption(
                        new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, headerBytes), bytes);
    }

    private static final class Builder {
        private final List<Instruction> program = new ArrayList<>();

        Builder add(int code, int value) {
            program.add(new Instruction(code, 0, 0, value));
            return this;
        }

        /** Makes the X register point to the TCP header. */
        void skipIpHeader(boolean ipv4) {
            add(ipv4 ? LOAD_X_IPV4_HEADER_BYTES : LOAD_X_CONSTANT, 0);
        }

        void require(int value) {
            program.add(new Instruction(JUMP_IF_EQUAL, 1, 0, value));
            add(RETURN, NONE);
        }

        void refuse(int value) {
            program.add(new Instruction(JUMP_IF_EQUAL, 0, 1, value));
            add(RETURN, NONE);
        }
    }
}
