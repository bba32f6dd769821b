package io.millrace.tunnel.relay;

/**
 * What to do with the application's end of input while the peer may still have data for it.
 *
 * <p>The wire cannot say what a peer is: smux has one FIN, which means "I send no more" to some programs and "I am gone"
 * to others. spec: tunnel 4, smux 8.2, 8.5
 */
public enum FinPolicy {
    /**
     * Forward it at once as FIN, and go on receiving. Right towards Millrace and towards peers of 2026 and later that
     * half-close. A kcptun of 2021 closes both directions on this FIN, so the rest of the answer is lost, as it is between
     * two kcptuns; and a target behind a server always wants this policy, for its end of output is the end of the answer
     * that the client waits for.
     */
    HALF_CLOSE,

    /**
     * Keep it back until the peer has sent its own FIN, or nothing more has come from it for
     * {@link RelayOptions#closeWaitMs()}. For a client towards kcptun, which closes both directions on FIN: the whole
     * answer arrives, at the price that the target does not see the end of input before, and that a stream whose
     * application is simply gone stays open for that time. A target that waits for the end of its input before it
     * answers cannot be served through such a peer by any policy.
     */
    HOLD_FIN
}
