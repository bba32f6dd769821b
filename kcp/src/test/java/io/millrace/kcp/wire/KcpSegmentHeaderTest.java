package io.millrace.kcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KcpSegmentHeaderTest {
    private static final HexFormat HEX = HexFormat.of();

    /** The KCP part of the packet of spec: kcp 10.1. */
    private static final byte[] HELLO =
            HEX.parseHex("44332211" + "51" + "00" + "0002" + "e8030000" + "00000000" + "00000000" + "05000000");

    @Test
    void readsTheWorkedExample() {
        assertThat(KcpSegmentHeader.conv(HELLO, 0)).isEqualTo(0x11223344);
        assertThat(KcpSegmentHeader.cmd(HELLO, 0)).isEqualTo(KcpSegmentHeader.CMD_PUSH);
        assertThat(KcpSegmentHeader.frg(HELLO, 0)).isZero();
        assertThat(KcpSegmentHeader.wnd(HELLO, 0)).isEqualTo(512);
        assertThat(KcpSegmentHeader.ts(HELLO, 0)).isEqualTo(1000);
        assertThat(KcpSegmentHeader.sn(HELLO, 0)).isZero();
        assertThat(KcpSegmentHeader.una(HELLO, 0)).isZero();
        assertThat(KcpSegmentHeader.len(HELLO, 0)).isEqualTo(5);
    }

    @Test
    void writesTheWorkedExample() {
        byte[] bytes = new byte[26];
        KcpSegmentHeader.write(bytes, 2, 0x11223344, KcpSegmentHeader.CMD_PUSH, 512, 1000, 0, 0, 5);
        assertThat(HEX.formatHex(bytes)).isEqualTo("0000" + HEX.formatHex(HELLO));
    }

    @Test
    void fieldsAreUnsigned() {
        byte[] ones = HEX.parseHex("ff".repeat(24));
        assertThat(KcpSegmentHeader.cmd(ones, 0)).isEqualTo(255);
        assertThat(KcpSegmentHeader.frg(ones, 0)).isEqualTo(255);
        assertThat(KcpSegmentHeader.wnd(ones, 0)).isEqualTo(65_535);
        assertThat(KcpSegmentHeader.len(ones, 0)).isEqualTo(0xffff_ffffL);
    }

    @Property
    void whatIsWrittenIsRead(
            @ForAll int conv,
            @ForAll @IntRange(min = 81, max = 84) int cmd,
            @ForAll @IntRange(max = 65_535) int wnd,
            @ForAll int ts,
            @ForAll int sn,
            @ForAll int una,
            @ForAll @IntRange(max = 1476) int len,
            @ForAll @IntRange(max = 40) int at) {
        byte[] bytes = HEX.parseHex("a5".repeat(64));
        KcpSegmentHeader.write(bytes, at, conv, cmd, wnd, ts, sn, una, len);
        assertThat(KcpSegmentHeader.conv(bytes, at)).isEqualTo(conv);
        assertThat(KcpSegmentHeader.cmd(bytes, at)).isEqualTo(cmd);
        assertThat(KcpSegmentHeader.frg(bytes, at)).isZero();
        assertThat(KcpSegmentHeader.wnd(bytes, at)).isEqualTo(wnd);
        assertThat(KcpSegmentHeader.ts(bytes, at)).isEqualTo(ts);
        assertThat(KcpSegmentHeader.sn(bytes, at)).isEqualTo(sn);
        assertThat(KcpSegmentHeader.una(bytes, at)).isEqualTo(una);
        assertThat(KcpSegmentHeader.len(bytes, at)).isEqualTo(len);
    }
}
