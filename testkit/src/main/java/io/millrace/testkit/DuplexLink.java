package io.millrace.testkit;

/** Two simulated links, one for each direction between the ends A and B, with unrelated seeds made from one. */
public final class DuplexLink {
    static final String A_TO_B = "a to b";
    static final String B_TO_A = "b to a";

    private final SimulatedLink aToB;
    private final SimulatedLink bToA;

    /** The same profile both ways. */
    public DuplexLink(VirtualClock clock, LinkProfile profile, long seed) {
        this(clock, profile, profile, seed);
    }

    public DuplexLink(VirtualClock clock, LinkProfile aToBProfile, LinkProfile bToAProfile, long seed) {
        aToB = new SimulatedLink(clock, aToBProfile, Seeds.derive(seed, A_TO_B));
        bToA = new SimulatedLink(clock, bToAProfile, Seeds.derive(seed, B_TO_A));
    }

    /** Who gets what A sent ({@code atB}) and what B sent ({@code atA}). */
    public void connect(SimulatedLink.Receiver atA, SimulatedLink.Receiver atB) {
        aToB.setReceiver(atB);
        bToA.setReceiver(atA);
    }

    public SimulatedLink aToB() {
        return aToB;
    }

    public SimulatedLink bToA() {
        return bToA;
    }

    public void setProfile(LinkProfile profile) {
        aToB.setProfile(profile);
        bToA.setProfile(profile);
    }

    public void setBlackout(boolean on) {
        aToB.setBlackout(on);
        bToA.setBlackout(on);
    }
}
