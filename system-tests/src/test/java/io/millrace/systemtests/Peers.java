package io.millrace.systemtests;

/** Whose client talks to whose server. */
enum Peers {
    JAVA_TO_GO("Millrace -> kcptun", false, true),
    GO_TO_JAVA("kcptun -> Millrace", true, false),
    JAVA_TO_JAVA("Millrace -> Millrace", false, false);

    private final String text;
    private final boolean goClient;
    private final boolean goServer;

    Peers(String text, boolean goClient, boolean goServer) {
        this.text = text;
        this.goClient = goClient;
        this.goServer = goServer;
    }

    boolean goClient() {
        return goClient;
    }

    boolean goServer() {
        return goServer;
    }

    @Override
    public String toString() {
        return text;
    }
}
