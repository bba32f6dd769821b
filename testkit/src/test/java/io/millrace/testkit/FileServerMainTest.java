package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo's file server and the client that fetches from it. */
@Timeout(60)
class FileServerMainTest {
    private static final long WAIT_MS = 30_000;

    private static JavaProgram start(Class<?> main, String... args) {
        return JavaProgram.mainClass(main).jvmFlags("-Xmx64m").args(args).start();
    }

    @Test
    void deliversTheFileAndNothingElse(@TempDir Path dir) throws IOException {
        byte[] content = new Payload(11, 3_000_001).bytes();
        Path file = Files.write(dir.resolve("file.bin"), content);
        Path copy = dir.resolve("copy.bin");
        try (JavaProgram server = start(FileServerMain.class, "127.0.0.1:0", file.toString())) {
            String banner = server.awaitLine("file-server: ", WAIT_MS);
            assertThat(banner).matches("file-server: http://127\\.0\\.0\\.1:\\d+/file\\.bin, 3000001 bytes");
            String url = banner.substring(banner.indexOf("http"), banner.indexOf(','));
            try (JavaProgram fetch = start(FetchMain.class, url, copy.toString())) {
                assertThat(fetch.awaitExit(WAIT_MS)).isZero();
                assertThat(fetch.log()).contains(" 100 %");
            }
            assertThat(copy).hasBinaryContent(content);
            try (JavaProgram fetch = start(FetchMain.class, url + "x", copy.toString())) {
                assertThat(fetch.awaitExit(WAIT_MS)).isEqualTo(1);
                assertThat(fetch.log()).contains("status 404");
            }
        }
    }

    @Test
    void badInputIsOneLineAndStatus2(@TempDir Path dir) {
        try (JavaProgram server = start(
                FileServerMain.class, "127.0.0.1:0", dir.resolve("missing").toString())) {
            assertThat(server.awaitExit(WAIT_MS)).isEqualTo(2);
            assertThat(server.log()).startsWith("file-server: FILE is \"").doesNotContain("\n");
        }
        try (JavaProgram server = start(FileServerMain.class, "7000", dir.toString())) {
            assertThat(server.awaitExit(WAIT_MS)).isEqualTo(2);
            assertThat(server.log()).contains("must be a file");
        }
        try (JavaProgram fetch = start(FetchMain.class, "http://127.0.0.1:1/")) {
            assertThat(fetch.awaitExit(WAIT_MS)).isEqualTo(2);
            assertThat(fetch.log()).isEqualTo("fetch: two arguments are needed: URL FILE");
        }
    }
}
