package io.millrace.kcp.fec;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any packets in any order: nothing is thrown, what is handed out lies inside its array, memory is bounded. The first byte
 * chooses the decoder's numbers; then come packets, each behind its length in two bytes, little endian.
 */
class FecDecoderFuzzTest {
    private static final int[][] NUMBERS = {{1, 1}, {3, 2}, {10, 3}, {2, 5}, {128, 128}};

    @FuzzTest(maxDuration = "2m")
    void anyPackets(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        FecWorkspace workspace = new FecWorkspace();
        int choice = (bytes[0] & 0xff) % (NUMBERS.length + 1);
        FecDecoder decoder = choice == NUMBERS.length
                ? FecDecoder.lazy(workspace)
                : new FecDecoder(NUMBERS[choice][0], NUMBERS[choice][1], workspace);
        for (int at = 1; at + 2 <= bytes.length; ) {
            int length = Math.min((bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8), bytes.length - at - 2);
            at += 2;
            decoder.input(bytes, at, length, FecDecoderFuzzTest::check);
            at += length;
            if (decoder.fecShardSet() > 4) {
                throw new AssertionError("holds " + decoder.fecShardSet() + " groups");
            }
        }
        decoder.close();
        if (decoder.fecShardSet() != 0) {
            throw new AssertionError("closed, holds " + decoder.fecShardSet() + " groups");
        }
    }

    private static void check(byte[] shard, int offset, int length) {
        if (offset < 0 || length < 0 || length > shard.length - offset || length > FecWorkspace.MAX_SHARD_BYTES - 2) {
            throw new AssertionError(length + " bytes from " + offset + " of " + shard.length);
        }
    }
}
