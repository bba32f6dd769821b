package io.millrace.tunnel.relay;

import org.jspecify.annotations.Nullable;

/**
 * What a relay did in its life.
 *
 * @param end why it ended
 * @param cause the error behind it, if there was one
 * @param durationNs nanoseconds from joining until both channels were closed
 * @param bytesToStream bytes read from the application and written to the stream
 * @param bytesToApplication bytes read from the stream and written to the application
 */
public record RelayResult(
        RelayEnd end, @Nullable Throwable cause, long durationNs, long bytesToStream, long bytesToApplication) {}
