package io.millrace.kcp;

/** What one datagram channel saw; written and read on its event loop. */
@SuppressWarnings("EnumOrdinal") // an array by reason counts without boxing; ordinals never leave this class
public final class DatagramCounters {
    private final long[] dropped = new long[DropReason.values().length];
    private long received;
    private long sendFailures;

    DatagramCounters() {}

    void countReceived() {
        received++;
    }

    void countDropped(DropReason reason) {
        dropped[reason.ordinal()]++;
    }

    void countSendFailure() {
        sendFailures++;
    }

    /** Datagrams received, good and bad. */
    public long received() {
        return received;
    }

    /** Datagrams dropped for a reason. */
    public long dropped(DropReason reason) {
        return dropped[reason.ordinal()];
    }

    /** Sends that failed. */
    public long sendFailures() {
        return sendFailures;
    }
}
