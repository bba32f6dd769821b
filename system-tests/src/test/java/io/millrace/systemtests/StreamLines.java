package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What the ends inside this JVM have logged about streams since this was made. */
final class StreamLines {
    private static final Path LOG = Path.of("target", "system-tests.log");

    private final long start;

    StreamLines() throws IOException {
        start = Files.exists(LOG) ? Files.size(LOG) : 0;
    }

    /** So many streams were opened at our ends, and all have been closed. */
    void assertAllClosed(int streams) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            String text = text();
            assertThat(count(text, "stream opened in")).isEqualTo(streams);
            assertThat(count(text, "stream closed in")).isEqualTo(streams);
        });
    }

    /** Some line has the expression in it. */
    void assertSome(String regex) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(text()).containsPattern(regex));
    }

    private String text() throws IOException {
        byte[] all = Files.readAllBytes(LOG);
        return new String(all, (int) start, all.length - (int) start, StandardCharsets.UTF_8);
    }

    private static long count(String text, String part) {
        return text.lines().filter(line -> line.contains(part)).count();
    }
}
