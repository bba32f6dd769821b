package io.millrace.smux;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One session over an {@link EmbeddedChannel} with frozen time, whose peer is the test: it writes and reads raw frames. */
@SuppressWarnings({"FutureReturnValueIgnored", "ArrayRecordComponent"})
final class Endpoint {
    final SessionLog log = new SessionLog();
    /** Recorders of the streams the peer opened, in order. */
    final List<Recorder> accepted = new ArrayList<>();

    final SmuxSessionHandler session;
    final EmbeddedChannel parent;
    /** Counts what the session holds. */
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);

    final int version;
    /** Whether streams of the peer read by themselves. */
    boolean acceptedAutoRead = true;

    private Endpoint(boolean client, SmuxConfig config, @Nullable SmuxMemoryLimit memory) {
        version = config.version();
        ChannelHandler initializer = new ChannelInitializer<SmuxStreamChannel>() {
            @Override
            protected void initChannel(SmuxStreamChannel stream) {
                Recorder recorder = new Recorder();
                recorder.autoRead = acceptedAutoRead;
                accepted.add(recorder);
                stream.pipeline().addLast(recorder);
            }
        };
        session = client
                ? SmuxSessionHandler.client(config, initializer, log, memory)
                : SmuxSessionHandler.server(config, initializer, log, memory);
        parent = new EmbeddedChannel();
        parent.freezeTime();
        parent.config().setAllocator(allocator);
        parent.pipeline().addLast(session);
    }

    static SmuxConfig.Builder config(int version) {
        return SmuxConfig.builder().version(version).keepAliveDisabled(true);
    }

    static Endpoint client(int version) {
        return client(config(version).build());
    }

    static Endpoint client(SmuxConfig config) {
        return new Endpoint(true, config, null);
    }

    static Endpoint server(int version) {
        return server(config(version).build());
    }

    static Endpoint server(SmuxConfig config) {
        return new Endpoint(false, config, null);
    }

    /** Its budget and windows are that small, and stream 3 is open and is not read. */
    static Endpoint serverNotReading(int version, int bufferBytes) {
        Endpoint server = server(config(version)
                .maxReceiveBufferBytes(bufferBytes)
                .maxStreamBufferBytes(bufferBytes)
                .build());
        server.acceptedAutoRead = false;
        server.syn(3);
        return server;
    }

    static Endpoint server(SmuxConfig config, SmuxMemoryLimit memory) {
        return new Endpoint(false, config, memory);
    }

    Recorder open() {
        return open(new Recorder());
    }

    Recorder open(Recorder recorder) {
        session.openStream(recorder).syncUninterruptibly();
        run();
        return recorder;
    }

    void run() {
        parent.runPendingTasks();
    }

    void advanceMs(long ms) {
        parent.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        parent.runScheduledPendingTasks();
        parent.runPendingTasks();
    }

    /** Passes time in small steps, so that timers armed on the way fire. */
    void passMs(long ms) {
        for (long left = ms; left > 0; left -= 250) {
            advanceMs(Math.min(250, left));
        }
    }

    // What the peer sends --------------------------------------------------------------------------------------------

    /** Takes the bytes over and passes a copy on, which the allocator knows of. */
    void receive(ByteBuf bytes) {
        ByteBuf copy = allocator.buffer(Math.max(1, bytes.readableBytes())).writeBytes(bytes);
        bytes.release();
        parent.writeInbound(copy);
        run();
    }

    void receiveHex(String hex) {
        receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", ""))));
    }

    void syn(int id) {
        receive(frame(version, FrameHeader.SYN, id));
    }

    void fin(int id) {
        receive(frame(version, FrameHeader.FIN, id));
    }

    void nop() {
        receive(frame(version, FrameHeader.NOP, 0));
    }

    void psh(int id, byte[] data) {
        receive(pshFrame(version, id, data));
    }

    void psh(int id, String text) {
        psh(id, text.getBytes(StandardCharsets.US_ASCII));
    }

    void upd(int id, long consumed, long window) {
        receive(updFrame(version, id, consumed, window));
    }

    static ByteBuf frame(int version, int command, int id) {
        return Unpooled.buffer().writeLongLE(FrameHeader.of(version, command, 0, id));
    }

    static ByteBuf pshFrame(int version, int id, byte[] data) {
        return Unpooled.buffer(8 + data.length)
                .writeLongLE(FrameHeader.of(version, FrameHeader.PSH, data.length, id))
                .writeBytes(data);
    }

    static ByteBuf updFrame(int version, int id, long consumed, long window) {
        return Unpooled.buffer()
                .writeLongLE(FrameHeader.of(version, FrameHeader.UPD, 8, id))
                .writeIntLE((int) consumed)
                .writeIntLE((int) window);
    }

    // What the peer gets ---------------------------------------------------------------------------------------------

    /** One frame the session sent. */
    record Frame(int version, int command, int id, byte[] data) {
        String text() {
            return new String(data, StandardCharsets.US_ASCII);
        }

        long consumed() {
            return Unpooled.wrappedBuffer(data).readUnsignedIntLE();
        }

        long window() {
            return Unpooled.wrappedBuffer(data, 4, 4).readUnsignedIntLE();
        }
    }

    String sentHex() {
        run();
        StringBuilder hex = new StringBuilder();
        for (ByteBuf out = parent.readOutbound(); out != null; out = parent.readOutbound()) {
            hex.append(ByteBufUtil.hexDump(out));
            out.release();
        }
        return hex.toString();
    }

    /** All frames sent since the last call. */
    List<Frame> sent() {
        run();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf out = parent.readOutbound(); out != null; out = parent.readOutbound()) {
            all.writeBytes(out);
            out.release();
        }
        List<Frame> frames = new ArrayList<>();
        while (all.isReadable()) {
            long header = all.readLongLE();
            byte[] data = new byte[FrameHeader.length(header)];
            all.readBytes(data);
            frames.add(new Frame(
                    FrameHeader.version(header), FrameHeader.command(header), FrameHeader.streamId(header), data));
        }
        return frames;
    }

    List<Frame> sent(int command) {
        return sent().stream().filter(f -> f.command() == command).toList();
    }

    /** Ends the test: nothing may be left behind. */
    void finish() {
        parent.close();
        run();
        sentHex();
        if (session.budget().queuedBytes() != 0) {
            throw new AssertionError("bytes left in queues: " + session.budget().queuedBytes());
        }
        parent.finishAndReleaseAll();
        if (usedBytes() != 0) {
            throw new AssertionError("leaked " + usedBytes() + " bytes");
        }
    }

    long usedBytes() {
        return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
    }

    /** Slows the transport down: it takes bytes only when told to. */
    SlowTransport slow() {
        SlowTransport transport = new SlowTransport();
        parent.pipeline().addFirst(transport);
        return transport;
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }
}
