package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The client's side of the {@link TcpTarget}s: connects (to a tunnel's entrance, or straight), exchanges a payload and checks
 * every byte. Wrong data is an AssertionError, silence of {@code timeoutMs} or a broken connection an IOException. Each
 * call uses its own connection; any thread.
 */
public final class TcpProbe {
    private static final int SHA_256_BYTES = 32;
    private static final int CHUNK_BYTES = 16_384;

    private final InetSocketAddress address;
    private final int timeoutMs;

    public TcpProbe(InetSocketAddress address, int timeoutMs) {
        this.address = address;
        this.timeoutMs = timeoutMs;
    }

    /**
     * Against an {@link EchoServer}: sends and receives at the same time; when all is back, half-closes and expects the end. (A
     * tunnel that cuts answers short after a half-close passes here; {@link #digest} is the test of that.)
     */
    public void echo(Payload payload) throws IOException {
        try (Socket socket = connect()) {
            CompletableFuture<Void> sending = OwnThread.run(() -> payload.writeTo(socket.getOutputStream()));
            InputStream in = socket.getInputStream();
            Payload.Verifier verifier = payload.verifier();
            byte[] chunk = new byte[CHUNK_BYTES];
            while (verifier.position() < payload.lengthBytes()) {
                int read = in.read(chunk);
                if (read < 0) {
                    break;
                }
                verifier.accept(chunk, 0, read);
            }
            verifier.finish();
            sending.join();
            socket.shutdownOutput();
            int more = in.read();
            if (more >= 0) {
                throw new AssertionError("byte " + more + " came after the whole payload");
            }
        } catch (CompletionException e) {
            throw new IOException("sending failed", e.getCause());
        }
    }

    /** Against a {@link DigestServer}: sends all, half-closes, then expects the digest and the end. */
    public void digest(Payload payload) throws IOException {
        try (Socket socket = connect()) {
            payload.writeTo(socket.getOutputStream());
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readNBytes(SHA_256_BYTES + 1);
            if (!Arrays.equals(answer, payload.sha256())) {
                throw new AssertionError("the answer is " + HexFormat.of().formatHex(answer) + " (" + answer.length
                        + " bytes), expected " + HexFormat.of().formatHex(payload.sha256()));
            }
        }
    }

    /** Against a {@link SourceServer}: reads to the end. */
    public void source(Payload payload) throws IOException {
        try (Socket socket = connect()) {
            payload.readFrom(socket.getInputStream());
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(timeoutMs);
            socket.connect(address, timeoutMs);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
