package io.millrace.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a JDK lives that can open raw sockets: the one that runs the tests, or one beside it. */
final class NewerJdk {
    static final int VERSION_NEEDED = 22;
    private static final Pattern JAVA_VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

    private NewerJdk() {}

    static Path running() {
        return Path.of(System.getProperty("java.home"));
    }

    static boolean isRunning() {
        return Runtime.version().feature() >= VERSION_NEEDED;
    }

    static Optional<Path> find() throws IOException {
        if (isRunning()) {
            return Optional.of(running());
        }
        Path parent = running().toRealPath().getParent();
        if (parent == null) {
            return Optional.empty();
        }
        try (Stream<Path> siblings = Files.list(parent)) {
            return siblings.filter(NewerJdk::isNewEnough).sorted().findFirst();
        }
    }

    private static boolean isNewEnough(Path home) {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isReadable(release)) {
            return false;
        }
        try {
            Matcher version = JAVA_VERSION.matcher(Files.readString(release));
            return version.find() && Integer.parseInt(version.group(1)) >= VERSION_NEEDED;
        } catch (IOException e) {
            return false;
        }
    }
}
