package io.millrace.config;

/** Which of the two programs. */
enum Side {
    CLIENT("client"),
    SERVER("server");

    private final String text;

    Side(String text) {
        this.text = text;
    }

    Side other() {
        return this == CLIENT ? SERVER : CLIENT;
    }

    /** The name that starts its error lines. */
    String programName() {
        return "tunnel-" + text;
    }

    @Override
    public String toString() {
        return text;
    }
}
