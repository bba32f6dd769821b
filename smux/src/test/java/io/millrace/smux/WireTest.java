package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The worked examples, byte for byte. spec: smux 18 */
@SuppressWarnings("FutureReturnValueIgnored")
class WireTest {
    @Test
    void clientOpensWritesAndClosesInVersion1() {
        Endpoint client = Endpoint.client(1);
        Recorder stream = client.open();
        stream.stream().writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        stream.stream().close();
        assertThat(client.sentHex()).isEqualTo("0100000003000000" + "010205000300000068656c6c6f" + "0101000003000000");
        assertThat(client.log.closed).containsExactly("3 in=0 out=5");
        client.finish();
    }

    @Test
    void serverReportsTheFirstBytesReadInVersion2() {
        Endpoint server =
                Endpoint.server(Endpoint.config(2).maxStreamBufferBytes(2097152).build());
        server.receiveHex("02 00 00 00 03 00 00 00  02 02 05 00 03 00 00 00 68 65 6c 6c 6f");
        assertThat(server.accepted.get(0).text()).isEqualTo("hello");
        assertThat(server.sentHex()).isEqualTo("02040800030000000500000000002000");
        server.finish();
    }
}
