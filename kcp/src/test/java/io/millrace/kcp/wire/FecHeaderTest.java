package io.millrace.kcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class FecHeaderTest {
    @Test
    void dataHeader() {
        byte[] bytes = new byte[12];
        FecHeader.writeData(bytes, 2, 0xfffffff6, 1390);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("0000" + "f6ffffff" + "f100" + "7005" + "0000");
        assertThat(FecHeader.seqId(bytes, 2)).isEqualTo(0xfffffff6);
        assertThat(FecHeader.type(bytes, 2)).isEqualTo(FecHeader.TYPE_DATA);
        assertThat(FecHeader.size(bytes, 2)).isEqualTo(1392);
    }

    @Test
    void parityHeaderLeavesTheParityBytes() {
        byte[] bytes = HexFormat.of().parseHex("eeeeeeeeeeeeeeee");
        FecHeader.writeParity(bytes, 0, 3);
        assertThat(HexFormat.of().formatHex(bytes)).isEqualTo("03000000f200eeee");
    }

    @Test
    void typesAreTakenFromBothBytes() {
        assertThat(FecHeader.isShard(FecHeader.type(HexFormat.of().parseHex("00000000f1000000"), 0)))
                .isTrue();
        assertThat(FecHeader.isShard(FecHeader.type(HexFormat.of().parseHex("00000000f2000000"), 0)))
                .isTrue();
        assertThat(FecHeader.isShard(FecHeader.type(HexFormat.of().parseHex("00000000f3000000"), 0)))
                .isFalse();
        assertThat(FecHeader.isShard(FecHeader.type(HexFormat.of().parseHex("00000000f1010000"), 0)))
                .isFalse();
    }
}
