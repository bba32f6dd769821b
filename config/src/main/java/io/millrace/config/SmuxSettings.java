package io.millrace.config;

/**
 * Settings of the smux session on each KCP session.
 *
 * <p>spec: tunnel 1.7
 *
 * @param version 1 or 2; a server goes by its clients unless it is strict
 * @param sessionBufferBytes receive buffer shared by all streams of a session, at least 1
 * @param streamBufferBytes receive window of one stream (version 2), 1..sessionBufferBytes
 * @param frameSizeBytes largest payload of a data frame sent, 1..65535
 * @param keepAliveSeconds time between keep-alive frames, 1..30
 */
public record SmuxSettings(
        int version, int sessionBufferBytes, int streamBufferBytes, int frameSizeBytes, int keepAliveSeconds) {

    /** A session that received nothing for this long is dead; fixed, as upstream has it. */
    public static final int KEEP_ALIVE_TIMEOUT_SECONDS = 30;
}
