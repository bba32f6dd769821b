package io.millrace.systemtests;

import io.millrace.testkit.FreePorts;
import io.millrace.testkit.JavaProgram;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application resets a download. All that the server hears is a FIN, which may as well be the end of a request whose answer is
 * awaited; so it goes on sending until the peer's window has been exhausted (smux 2), or for a time (smux 1), which is half a
 * minute. Hence beside other tests, and with processes. spec: smux 8.5
 */
@Execution(ExecutionMode.CONCURRENT)
class AbortedDownloadIT {
    @ParameterizedTest(name = "smux {0}")
    @ValueSource(strings = {"1", "2"})
    void endsAtTheTarget(String smuxVersion) throws Exception {
        int udp = FreePorts.next();
        InetSocketAddress entrance = Programs.loopback(FreePorts.next());
        try (ScriptedTarget target = new ScriptedTarget(socket -> {
                    byte[] chunk = new byte[16_384];
                    while (true) {
                        socket.getOutputStream().write(chunk);
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2)); // leaves the machine to other tests
                    }
                });
                JavaProgram server = Programs.startServer(udp, target.address(), "--smuxver", smuxVersion);
                JavaProgram client =
                        Programs.startClient(entrance.getPort(), Programs.loopback(udp), "--smuxver", smuxVersion)) {
            try (Socket application = new Socket(entrance.getAddress(), entrance.getPort())) {
                application.getInputStream().readNBytes(500_000);
                application.setSoLinger(true, 0);
            }
            client.awaitLine("stream closed in: .*APPLICATION_FAILED", ScriptedTarget.TIMEOUT_MS);
            target.awaitEndedSomehow();
            server.awaitLine("stream closed in: ", ScriptedTarget.TIMEOUT_MS);
        }
    }
}
