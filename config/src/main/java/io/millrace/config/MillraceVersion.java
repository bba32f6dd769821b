package io.millrace.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version this build carries. */
public final class MillraceVersion {

    private static final String RESOURCE = "version.txt";

    private MillraceVersion() {}

    /** For example {@code 0.1.0}. */
    public static String current() {
        try (InputStream in = MillraceVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
