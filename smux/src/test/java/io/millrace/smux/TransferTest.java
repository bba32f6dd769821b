package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Seeds;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two sessions back to back move data both ways, whole and in order. */
@SuppressWarnings("FutureReturnValueIgnored")
class TransferTest {
    private static final Seeds SEEDS = Seeds.orDefault(20260307);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void manyStreamsMoveDataBothWaysAndClose(int version) {
        Pair pair = new Pair(version);
        Random random = new Random(SEEDS.value());
        List<Recorder> opened = new ArrayList<>();
        List<byte[]> up = new ArrayList<>();
        List<byte[]> down = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            opened.add(pair.client.open());
            byte[] data = Pair.randomBytes(random, 1 + random.nextInt(600_000));
            up.add(data);
            opened.get(i).stream().writeAndFlush(Unpooled.wrappedBuffer(data));
            opened.get(i).stream().shutdownOutput();
        }
        pair.exchange();
        assertThat(pair.server.accepted).as(SEEDS.reproduce()).hasSize(50);
        for (int i = 0; i < 50; i++) {
            Recorder accepted = pair.server.accepted.get(i);
            assertThat(accepted.bytes.toByteArray()).as(SEEDS.reproduce()).isEqualTo(up.get(i));
            assertThat(accepted.isInputEnded()).isTrue();
            byte[] data = Pair.randomBytes(random, random.nextInt(300_000));
            down.add(data);
            accepted.stream().writeAndFlush(Unpooled.wrappedBuffer(data));
            accepted.stream().close();
        }
        pair.exchange();
        for (int i = 0; i < 50; i++) {
            assertThat(opened.get(i).bytes.toByteArray()).as(SEEDS.reproduce()).isEqualTo(down.get(i));
            assertThat(opened.get(i).events).containsExactly("active", "inputShutdown", "inactive");
            assertThat(opened.get(i).errors).isEmpty();
        }
        assertThat(pair.client.session.streamCount()).isZero();
        assertThat(pair.server.session.streamCount()).isZero();
        pair.finish();
    }
}
