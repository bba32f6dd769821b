package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PayloadTest {
    @Property
    void anyPartIsThePartOfTheWhole(
            @ForAll long seed, @ForAll @IntRange(max = 300) int from, @ForAll @IntRange(max = 300) int length) {
        byte[] whole = new Payload(seed, 600).bytes();
        byte[] part = new byte[length + 2];
        new Payload(seed, 600).fill(from, part, 1, length);
        assertThat(Arrays.copyOfRange(part, 1, length + 1)).isEqualTo(Arrays.copyOfRange(whole, from, from + length));
        assertThat(part[0]).isZero();
        assertThat(part[length + 1]).isZero();
    }

    @Test
    void looksRandomAndDependsOnTheSeed() {
        byte[] bytes = new Payload(1, 1 << 20).bytes();
        int[] counts = new int[256];
        for (byte b : bytes) {
            counts[b & 0xff]++;
        }
        assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThan(3700);
        assertThat(Arrays.stream(counts).max().orElseThrow()).isLessThan(4500);
        assertThat(new Payload(2, 1 << 20).bytes()).isNotEqualTo(bytes);
    }

    @Test
    void writesAndDigestsWhatBytesHolds() throws IOException {
        for (int length : new int[] {0, 1, 7, 16_384, 16_385, 100_000}) {
            Payload payload = new Payload(3, length);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            payload.writeTo(out);
            assertThat(out.toByteArray()).isEqualTo(payload.bytes()).hasSize(length);
            assertThat(payload.sha256())
                    .isEqualTo(Payload.newSha256().digest(payload.bytes()))
                    .hasSize(32);
            payload.readFrom(new ByteArrayInputStream(payload.bytes()));
        }
    }

    @Test
    void theVerifierTakesAnyPiecesAndNamesTheFirstWrongByte() {
        Payload payload = new Payload(4, 50_000);
        byte[] bytes = payload.bytes();
        Payload.Verifier verifier = payload.verifier();
        verifier.accept(bytes, 0, 1);
        verifier.accept(bytes, 1, 40_000);
        assertThat(verifier.position()).isEqualTo(40_001);
        assertThatThrownBy(verifier::finish).hasMessage("got 40001 bytes, expected 50000");
        bytes[40_123] ^= 1;
        assertThatThrownBy(() -> verifier.accept(bytes, 40_001, 9_999))
                .hasMessageStartingWith("byte 40123 of 50000 is");
        bytes[40_123] ^= 1;
        verifier.accept(bytes, 40_001, 9_999);
        assertThatCode(verifier::finish).doesNotThrowAnyException();
        assertThatThrownBy(() -> verifier.accept(bytes, 0, 1)).hasMessage("got 50001 bytes or more, expected 50000");
    }
}
