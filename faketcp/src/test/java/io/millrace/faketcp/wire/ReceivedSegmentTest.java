package io.millrace.faketcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile and odd packets. spec: tunnel 7.5 */
class ReceivedSegmentTest {
    private final ReceivedSegment segment = new ReceivedSegment();

    @Test
    void theKernelsAnswerToASynIsRead() {
        assertThat(segment.parseIpv4(Bytes.of(Bytes.SYN_ACK))).isNull();
        assertThat(segment.sourcePort()).isEqualTo(29_900);
        assertThat(segment.destinationPort()).isEqualTo(40_000);
        assertThat(segment.seq()).isEqualTo(0x55667787);
        assertThat(segment.ack()).isEqualTo(0x11223344);
        assertThat(segment.has(ReceivedSegment.FLAG_SYN)).isTrue();
        assertThat(segment.has(ReceivedSegment.FLAG_PSH)).isFalse();
        assertThat(segment.timestamp()).isEqualTo(0x01020304);
        assertThat(segment.payloadBytes()).isZero();
        assertThat(segment.hasDatagram()).isFalse();
    }

    /** Every length from nothing to one byte less than whole. */
    @Test
    void cutPacketsAreNotTaken() {
        for (String packet : new String[] {Bytes.SYN_ACK, Bytes.ANSWER_2021}) {
            ByteBuf whole = Bytes.of(packet);
            for (int length = 0; length < whole.capacity(); length++) {
                assertThat(segment.parseIpv4(whole.slice(0, length)))
                        .isEqualTo(length < 20 ? SegmentDropReason.MALFORMED : SegmentDropReason.TOO_LONG);
            }
            for (int length = 0; length < 20; length++) {
                assertThat(segment.parseIpv6(whole.slice(20, length))).isEqualTo(SegmentDropReason.MALFORMED);
            }
        }
    }

    @ParameterizedTest(name = "byte {0} = {1}")
    @CsvSource({
        "0, 0x65", // version 6
        "0, 0x44", // header of 16 bytes
        "0, 0x4f", // header longer than the packet
        "3, 0x13", // total length below the header
        "3, 0x27", // no room for a TCP header
        "6, 0x20", // more fragments
        "7, 0x01", // a later fragment
        "9, 0x11", // UDP
        "32, 0x40", // TCP header of 16 bytes
        "32, 0xf0", // TCP header longer than the segment
    })
    void nonsenseIsMalformed(int index, String value) {
        ByteBuf packet = Bytes.of(Bytes.ANSWER_2021).setByte(index, Integer.decode(value));
        assertThat(segment.parseIpv4(packet)).isEqualTo(SegmentDropReason.MALFORMED);
    }

    @Test
    void moreThanThePacketSaysIsNotPayload() {
        ByteBuf packet = Unpooled.wrappedBuffer(Bytes.of(Bytes.ANSWER_2021), Unpooled.wrappedBuffer(new byte[100]));
        assertThat(segment.parseIpv4(packet)).isNull();
        assertThat(segment.payloadBytes()).isEqualTo(6);
    }

    @Test
    void optionsOfTheIpHeaderAreSkipped() {
        ByteBuf packet = Unpooled.buffer();
        packet.writeBytes(Bytes.of(Bytes.ANSWER_2021), 0, 20).writeInt(0x01010100);
        packet.writeBytes(Bytes.of(Bytes.ANSWER_2021), 20, 26);
        packet.setByte(0, 0x46).setShort(2, 50);
        assertThat(segment.parseIpv4(packet)).isNull();
        assertThat(segment.sourcePort()).isEqualTo(29_900);
        assertThat(segment.payloadIndex()).isEqualTo(44);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "080a010203040000000701030307020405b40402", // first: found
                "01010101080a0102030400000007010303070000", // after padding: found
            })
    void theTimestampIsFoundWhereverItIs(String options) {
        assertThat(segment.parseIpv4(withOptions(options))).isNull();
        assertThat(segment.hasTimestamp()).isTrue();
        assertThat(segment.timestamp()).isEqualTo(0x01020304);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "0000080a01020304000000070103030702040204", // behind the end
                "0200080a01020304000000070103030702040204", // a length of 0
                "0201080a01020304000000070103030702040204", // a length of 1
                "02ff080a01020304000000070103030702040204", // a length beyond the end
                "0808010203040000000701030307020405b40402", // timestamps of another length
                "01010101010101010101010101010101080a0102", // cut by the end
                "0101010101010101010101010101010101010108", // only its kind
            })
    void oddOptionsAreNoTimestampAndNoFailure(String options) {
        assertThat(segment.parseIpv4(withOptions(options))).isNull();
        assertThat(segment.hasTimestamp()).isFalse();
    }

    private static ByteBuf withOptions(String options) {
        return Bytes.of(Bytes.SYN_ACK.substring(0, 80) + options);
    }

    @Test
    void thereIsNothingBeforeTheFirstPacketAndAfterItWasGivenAway() {
        assertThatThrownBy(segment::sourcePort).isInstanceOf(IllegalStateException.class);
        assertThat(segment.parseIpv4(Bytes.of(Bytes.SYN_ACK))).isNull();
        segment.clear();
        assertThatThrownBy(segment::sourcePort).isInstanceOf(IllegalStateException.class);
    }
}
