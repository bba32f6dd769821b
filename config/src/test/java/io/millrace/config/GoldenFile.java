package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A committed text that is made from the {@link Setting} table; {@code scripts/update-docs} writes it anew. */
final class GoldenFile {
    private static final String UPDATE = "millrace.updateDocs";

    private GoldenFile() {}

    /** Fails if the file says anything else; with {@code -Dmillrace.updateDocs=true} writes it instead. */
    static void assertSays(Path file, String text) throws IOException {
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(file, text);
        }
        assertThat(Files.readString(file))
                .as("%s is not current: run scripts/update-docs and look at the difference", file.getFileName())
                .isEqualTo(text);
    }
}
