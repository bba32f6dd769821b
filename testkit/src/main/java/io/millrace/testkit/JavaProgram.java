package io.millrace.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A runnable jar (or class) in a JVM of its own. */
public final class JavaProgram extends RunningProgram {
    private JavaProgram(ProgramProcess process) {
        super(process);
    }

    /** {@code java -jar JAR}. */
    public static Builder jar(Path jar) {
        return new Builder(jar.getFileName().toString(), List.of("-jar", jar.toString()));
    }

    /** A main class on this process' own class path. */
    public static Builder mainClass(Class<?> main) {
        return new Builder(main.getSimpleName(), List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    }

    /** Waits until a TCP socket listens on the port. */
    public void awaitTcpListening(int port, long timeoutMs) {
        process.awaitReady(
                "listening on TCP port " + port,
                () -> ListeningPorts.isTcpListening(process.process(), port),
                timeoutMs);
    }

    /** Waits until a UDP socket is bound to the port. */
    public void awaitUdpBound(int port, long timeoutMs) {
        process.awaitReady(
                "bound to UDP port " + port, () -> ListeningPorts.isUdpBound(process.process(), port), timeoutMs);
    }

    /** Waits for it to end by itself; answers its exit status. */
    public int awaitExit(long timeoutMs) {
        return process.awaitExit(timeoutMs);
    }

    /** What a program is started with. */
    public static final class Builder {
        private final String name;
        private final List<String> main;
        private final List<String> prefix = new ArrayList<>();
        private final List<String> jvmFlags = new ArrayList<>();
        private final List<String> args = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private Path javaHome = Path.of(System.getProperty("java.home"));

        private Builder(String name, List<String> main) {
            this.name = name;
            this.main = main;
        }

        /** A command that starts it, such as {@code nsenter}; it must become the program, not its parent. */
        public Builder by(List<String> command) {
            prefix.addAll(command);
            return this;
        }

        public Builder jvmFlags(String... flags) {
            Collections.addAll(jvmFlags, flags);
            return this;
        }

        public Builder args(String... programArgs) {
            Collections.addAll(args, programArgs);
            return this;
        }

        /** The place for secrets. */
        public Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Default: the JDK that runs the tests. */
        public Builder javaHome(Path home) {
            javaHome = home;
            return this;
        }

        /** Starts it; it may not be ready yet. */
        public JavaProgram start() {
            List<String> command = new ArrayList<>(prefix);
            command.add(javaHome.resolve("bin").resolve("java").toString());
            command.addAll(jvmFlags);
            command.addAll(main);
            command.addAll(args);
            return new JavaProgram(new ProgramProcess(name, command, environment));
        }
    }
}
