package io.millrace.kcp.fec;

/**
 * Decides whether a session may send with FEC, and finds out whether the peer's numbers are ours. A kcptun of 2021 whose
 * numbers differ from the sender's rebuilds garbage and takes it for data. It uses one pair of numbers for both directions,
 * so what it sends shows what it expects; and a sender without parity confuses nobody. spec: kcp 3.5
 *
 * <p>Hence parity waits until the peer has shown its numbers, and never comes if they differ. Until then packets carry
 * {@linkplain FecEncoder#writeLone lone} FEC headers, to show that there is FEC at this end. Two ends that both wait would
 * wait for ever: therefore our ids begin at {@link #FIRST_SEQ_ID}, where kcptun's (from 0 on) never come to be first. An end
 * that begins there finds our numbers by itself without harm, so it gets parity at once, whatever its numbers are.
 *
 * <p>Pure, one thread.
 */
public final class FecAgreement {
    /** Where our ids begin, about; kcptun begins at 0. */
    public static final int FIRST_SEQ_ID = 1 << 30;

    private static final int UNKNOWN = -1;

    /** How packets leave. */
    public enum Sending {
        /** With lone FEC headers, no parity: the peer has not shown its numbers. */
        ANNOUNCING,
        /** In groups with parity. */
        CODING,
        /** Without FEC. */
        PLAIN
    }

    private final int ownDataShards;
    private final int ownParityShards;

    private Sending sending;
    private boolean settled;
    private boolean anyShard;
    private boolean peerAdapts;
    private int peerDataShards = UNKNOWN;
    private int peerParityShards = UNKNOWN;
    private boolean news;

    /**
     * At the start of a session.
     *
     * @param ownDataShards configured here; 0 if FEC is off
     * @param ownParityShards configured here; 0 if FEC is off
     */
    public FecAgreement(int ownDataShards, int ownParityShards) {
        boolean on = ownDataShards > 0 && ownParityShards > 0;
        this.ownDataShards = on ? ownDataShards : 0;
        this.ownParityShards = on ? ownParityShards : 0;
        sending = on ? Sending.ANNOUNCING : Sending.PLAIN;
    }

    /** A packet of the peer without FEC came. A peer with FEC sends none. */
    public void onPlain() {
        if (!settled && !anyShard) {
            settle(0, 0);
        }
    }

    /** An FEC packet of the peer came, and the decoder has taken it. */
    public void onShard(int seqId, FecDecoder decoder) {
        if (settled) {
            return;
        }
        if (!anyShard) {
            anyShard = true;
            peerAdapts = Integer.compareUnsigned(seqId, FIRST_SEQ_ID) >= 0;
            if (peerAdapts && ownDataShards > 0) {
                sending = Sending.CODING;
            }
        }
        if (decoder.confirmed()) {
            settle(decoder.dataShards(), decoder.parityShards());
        }
    }

    private void settle(int dataShards, int parityShards) {
        settled = true;
        peerDataShards = dataShards;
        peerParityShards = parityShards;
        boolean same = dataShards == ownDataShards && parityShards == ownParityShards;
        news = !same;
        if (ownDataShards > 0 && !peerAdapts) {
            sending = same ? Sending.CODING : Sending.PLAIN;
        }
    }

    /** How the next packet is to leave; it never changes within a flush. */
    public Sending sending() {
        return sending;
    }

    /** True once, after it was found that the peer's numbers are not ours. */
    public boolean takeNews() {
        boolean taken = news;
        news = false;
        return taken;
    }

    /** The peer's data shards: 0 if it sends without FEC, -1 while unknown. */
    public int peerDataShards() {
        return peerDataShards;
    }

    /** The peer's parity shards, likewise. */
    public int peerParityShards() {
        return peerParityShards;
    }

    /** Whether the peer is known to find other numbers without harm. */
    public boolean peerAdapts() {
        return peerAdapts;
    }
}
