package io.millrace.testkit;

/** Two simulated links, one for each direction between the ends A and B, with unrelated seeds made from one. */
public final class DuplexLink {
    private final SimulatedLink aToB;
    private final SimulatedLink bToA;

    /** The same profile both ways. */
    public DuplexLink(VirtualClock clock, LinkProfile profile, long seed) {
        this(clock, profile, profile, seed);
    }

    public DuplexLink(VirtualClock clock, LinkProfile aToBProfile, LinkProfile bToAProfile, long seed) {
        aToB = new SimulatedLink(clock, aToBProfile, Seeds.derive(seed, "a to b"));
        bToA = new SimulatedLink(clock, bToAProfile, Seeds.derive(seed, "b to a"));
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
