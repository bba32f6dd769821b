package io.millrace.tunnel.relay;

/** Why a relay ended. */
public enum RelayEnd {
    /** Both directions were carried to their end. */
    COMPLETED("completed"),
    /** The application's socket could not be connected. */
    DIAL_FAILED("connecting to the target failed"),
    /** The application's socket was reset or broke. */
    APPLICATION_FAILED("application connection lost"),
    /** The stream broke, most often because its session ended. */
    STREAM_FAILED("stream lost"),
    /** The peer reset the stream: its application's connection broke. */
    STREAM_RESET("reset by the peer"),
    /** The peer had ended its direction and then closed the stream altogether. */
    STREAM_CLOSED("closed by the peer"),
    /** The peer had ended its direction and took no more of the application's data. */
    PEER_GONE("peer takes no more data"),
    /** The FIN held back was sent, and the peer did not end its direction either. */
    HOLD_EXPIRED("peer silent after the end of input"),
    /** Half closed and silent for too long. */
    IDLE("half closed and idle"),
    /** {@link Relay#close()}. */
    CLOSED_HERE("shut down");

    private final String text;

    RelayEnd(String text) {
        this.text = text;
    }

    /** Whether the peer may still be sending or waiting for data, so that it must hear that the connection was cut off. */
    boolean cutsOffThePeer() {
        return switch (this) {
            case APPLICATION_FAILED, PEER_GONE, HOLD_EXPIRED, IDLE, CLOSED_HERE -> true;
            case COMPLETED, DIAL_FAILED, STREAM_FAILED, STREAM_RESET, STREAM_CLOSED -> false;
        };
    }

    /** A few words for a log line. */
    public String text() {
        return text;
    }
}
