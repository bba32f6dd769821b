package io.millrace.tunnel.relay;

/** Told once, on the event loop, when both channels of a relay are closed. */
@FunctionalInterface
public interface RelayListener {
    /** The relay is over; nothing more will be called. */
    void relayEnded(RelayResult result);
}
