package io.millrace.tunnel.session;

import io.millrace.config.Compression;
import org.jspecify.annotations.Nullable;

/**
 * What a session's byte stream is made of. Whoever opens the session shows it with the first byte of each layer; a server
 * sends nothing before. spec: tunnel 5.1, smux 2
 *
 * @param compression around the whole stream
 * @param smuxVersion 1 or 2
 */
public record StreamFormat(Compression compression, int smuxVersion) {
    private static final int SNAPPY_IDENTIFIER = 0xff;
    private static final int LZ4_MAGIC = 0x04;

    /** What a stream with this first byte is compressed with; null if none is known to begin like that. */
    static @Nullable Compression compression(int firstByte) {
        return switch (firstByte) {
            case SNAPPY_IDENTIFIER -> Compression.SNAPPY;
            case LZ4_MAGIC -> Compression.LZ4;
            default -> isSmuxVersion(firstByte) ? Compression.NONE : null;
        };
    }

    /** Whether a smux session can begin with this byte. */
    static boolean isSmuxVersion(int firstByte) {
        return firstByte == 1 || firstByte == 2;
    }

    /** For the log, in the words of the settings. */
    @Override
    public String toString() {
        return "smuxver " + smuxVersion + " and comp " + compression.configName();
    }
}
