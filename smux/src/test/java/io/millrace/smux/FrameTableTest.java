package io.millrace.smux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.smux.core.FrameHeader;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receiver does with each frame. spec: smux 3.1 */
@SuppressWarnings("FutureReturnValueIgnored")
class FrameTableTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void synOfAnUnknownIdOpensAStream(int version) {
        Endpoint server = Endpoint.server(version);
        server.syn(7);
        server.syn(3);
        assertThat(server.log.opened).containsExactly("7 peer", "3 peer");
        assertThat(server.accepted.get(0).events).containsExactly("active");
        assertThat(server.session.streamCount()).isEqualTo(2);
        assertThat(server.sent()).as("there is no answer to SYN").isEmpty();
        server.finish();
    }

    @Test
    void synOfALiveIdIsIgnored() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.psh(3, "a");
        server.syn(3);
        server.psh(3, "b");
        assertThat(server.accepted).hasSize(1);
        assertThat(server.accepted.get(0).text()).isEqualTo("ab");
        assertThat(server.log.drops(SmuxDropReason.DUPLICATE_SYN)).isEqualTo(1);
        server.finish();
    }

    @Test
    void anIdMayBeUsedAgainAfterItsStreamClosed() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.accepted.get(0).stream().close();
        server.run();
        server.syn(3);
        assertThat(server.accepted).hasSize(2);
        assertThat(server.session.streamCount()).isEqualTo(1);
        server.finish();
    }

    @Test
    void streamZeroOfAServerIsAStream() {
        Endpoint client = Endpoint.client(1);
        client.syn(0);
        client.psh(0, "x");
        assertThat(client.accepted.get(0).text()).isEqualTo("x");
        client.finish();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void framesOfUnknownIdsAreSkippedWithoutChargeOrAnswer(int version) {
        Endpoint server = Endpoint.server(version);
        server.psh(9, "gone");
        server.fin(9);
        int drops = 2;
        if (version == 2) {
            server.upd(9, 5, 5);
            drops = 3;
        }
        server.syn(3);
        server.psh(3, "ok");
        assertThat(server.accepted.get(0).text()).isEqualTo("ok");
        assertThat(server.log.drops(SmuxDropReason.UNKNOWN_STREAM)).isEqualTo(drops);
        assertThat(server.sent(FrameHeader.FIN)).isEmpty();
        assertThat(server.session.budget().queuedBytes()).isZero();
        server.finish();
    }

    @Test
    void aLargeFrameOfAnUnknownIdIsSkippedWhole() {
        Endpoint server = Endpoint.server(Endpoint.config(1)
                .maxReceiveBufferBytes(1000)
                .maxStreamBufferBytes(1000)
                .build());
        server.psh(9, new byte[65535]);
        assertThat(server.session.budget().availableBytes()).isEqualTo(1000);
        server.syn(3);
        assertThat(server.accepted).hasSize(1);
        server.finish();
    }

    @Test
    void emptyDataIsIgnoredForAnyId() {
        Endpoint server = Endpoint.server(1);
        server.syn(3);
        server.psh(3, "");
        server.psh(77, "");
        assertThat(server.accepted.get(0).reads).isZero();
        assertThat(server.log.drops(SmuxDropReason.EMPTY_DATA)).isEqualTo(2);
        assertThat(server.log.reasons).isEmpty();
        server.finish();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theLargestFrameIsAcceptedWhateverOurOwnLimit(int version) {
        Endpoint server =
                Endpoint.server(Endpoint.config(version).maxFrameBytes(100).build());
        byte[] data = Endpoint.bytes(65535);
        server.syn(3);
        server.psh(3, data);
        assertThat(server.accepted.get(0).bytes.toByteArray()).isEqualTo(data);
        server.finish();
    }

    @Test
    void nopIsNotAnsweredAndTheIdOfNoStreamIsIgnored() {
        Endpoint server = Endpoint.server(1);
        server.receive(Endpoint.frame(1, FrameHeader.NOP, 12345));
        server.nop();
        assertThat(server.sent()).isEmpty();
        assertThat(server.log.reasons).isEmpty();
        server.finish();
    }

    @Test
    void dataAfterFinIsDeliveredUntilTheEndWasTold() {
        Endpoint server = Endpoint.server(1);
        server.acceptedAutoRead = false;
        server.syn(3);
        server.psh(3, "a");
        server.fin(3);
        server.psh(3, "b");
        Recorder stream = server.accepted.get(0);
        stream.stream().config().setAutoRead(true);
        server.run();
        assertThat(stream.text()).isEqualTo("ab");
        assertThat(stream.isInputEnded()).isTrue();
        server.psh(3, "late");
        assertThat(stream.text()).isEqualTo("ab");
        assertThat(server.log.drops(SmuxDropReason.NOT_READING)).isEqualTo(1);
        assertThat(server.log.reasons).isEmpty();
        assertThat(server.session.budget().queuedBytes()).isZero();
        server.finish();
    }

    @Test
    void finAndDataInOneBatchAreBothDelivered() {
        Endpoint server = Endpoint.server(2);
        server.receive(Unpooled.wrappedBuffer(
                Endpoint.frame(2, FrameHeader.SYN, 3),
                Endpoint.frame(2, FrameHeader.FIN, 3),
                Endpoint.pshFrame(2, 3, "late".getBytes(StandardCharsets.US_ASCII))));
        assertThat(server.accepted.get(0).text()).isEqualTo("late");
        assertThat(server.accepted.get(0).isInputEnded()).isTrue();
        server.finish();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0200000003000000, VERSION_MISMATCH",
        "2, 0100000003000000, VERSION_MISMATCH",
        "1, 0105000003000000, UNKNOWN_COMMAND",
        "2, 02ff000003000000, UNKNOWN_COMMAND",
        "1, 010001000300000000, UNEXPECTED_PAYLOAD",
        "1, 010101000300000000, UNEXPECTED_PAYLOAD",
        "1, 010301000000000000, UNEXPECTED_PAYLOAD",
        "1, 01040800030000000000000000000000, UPDATE_ON_VERSION_1",
        "2, 020407000300000000000000000000, BAD_UPDATE_LENGTH",
        "2, 0204090003000000000000000000000000, BAD_UPDATE_LENGTH",
        "2, 0200000002000000, OWN_STREAM_ID",
        "1, 0100000000000000, OWN_STREAM_ID",
        "2, 02040800030000000600000000002000, PEER_CONSUMED_TOO_MUCH",
    })
    void protocolErrorsCloseTheSessionAtOnceAndSayWhy(int version, String hex, SmuxCloseReason reason) {
        Endpoint server = Endpoint.server(version);
        server.syn(3);
        server.psh(3, "data");
        server.accepted.get(0).stream().writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        server.run();
        // What follows the bad frame must not be looked at.
        server.receiveHex(hex + (version == 1 ? "01" : "02") + "00000005000000");
        assertThat(server.log.reasons).containsExactly(reason);
        assertThat(reason.isProtocolError()).isTrue();
        assertThat(server.log.detail).isNotBlank();
        assertThat(server.parent.isOpen()).isFalse();
        assertThat(server.session.isClosed()).isTrue();
        assertThat(server.accepted).hasSize(1);
        Recorder stream = server.accepted.get(0);
        assertThat(stream.text()).isEqualTo("data");
        assertThat(stream.events).containsExactly("active", "error", "inactive");
        assertThat(stream.errors.get(0)).isInstanceOfSatisfying(SmuxSessionException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e.getStackTrace()).isEmpty();
        });
        server.finish();
    }

    @Test
    void framesBeforeTheBadOneInTheSameBatchStillCount() {
        Endpoint server = Endpoint.server(1);
        server.receiveHex("0100000003000000 01020200030000006869 0900000003000000");
        assertThat(server.accepted.get(0).text()).isEqualTo("hi");
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.VERSION_MISMATCH);
        server.finish();
    }

    @Test
    void snappyOnTheOtherSideIsRecognised() {
        Endpoint server = Endpoint.server(1);
        server.receiveHex("ff060000734e61507059");
        assertThat(server.log.reasons).containsExactly(SmuxCloseReason.VERSION_MISMATCH);
        assertThat(server.log.detail).contains("snappy");
        server.finish();
    }

    @Test
    void anyPieceOfInputIsUnderstood() {
        Endpoint server = Endpoint.server(2);
        byte[] all = new byte[8 + 8 + 300 + 8];
        Unpooled.wrappedBuffer(all)
                .clear()
                .writeBytes(Endpoint.frame(2, FrameHeader.SYN, 3))
                .writeBytes(Endpoint.pshFrame(2, 3, Endpoint.bytes(300)))
                .writeBytes(Endpoint.frame(2, FrameHeader.FIN, 3));
        for (byte one : all) {
            server.receive(Unpooled.wrappedBuffer(new byte[] {one}));
        }
        assertThat(server.accepted.get(0).bytes.toByteArray()).isEqualTo(Endpoint.bytes(300));
        assertThat(server.accepted.get(0).isInputEnded()).isTrue();
        server.finish();
    }
}
