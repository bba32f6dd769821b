package io.millrace.tunnel.net;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.Optional;

/** What the kernel grants of the UDP buffers asked for: it gives less without saying so. spec: tunnel 10 */
public final class SocketBuffers {
    private SocketBuffers() {}

    /**
     * A warning for the user if a UDP socket gets less than wished, tried on one.
     *
     * @param wishedBytes {@code sockbuf}
     */
    public static Optional<String> shortfall(int wishedBytes) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            return shortfall(
                    wishedBytes,
                    granted(probe, StandardSocketOptions.SO_RCVBUF, wishedBytes),
                    granted(probe, StandardSocketOptions.SO_SNDBUF, wishedBytes),
                    System.getProperty("os.name", "").equals("Linux"));
        } catch (IOException e) {
            return Optional.of("sockbuf " + wishedBytes + ": cannot be tried: " + e.getMessage());
        }
    }

    /** In the units of the wish: the JDK halves what Linux, which doubles it for its own needs, reports. */
    private static int granted(DatagramChannel probe, SocketOption<Integer> option, int wishedBytes)
            throws IOException {
        try {
            probe.setOption(option, wishedBytes);
        } catch (IOException refused) {
            // Some systems refuse what is too much instead of giving less: what the socket has stays.
        }
        return probe.getOption(option);
    }

    static Optional<String> shortfall(int wishedBytes, int receiveBytes, int sendBytes, boolean linux) {
        if (receiveBytes >= wishedBytes && sendBytes >= wishedBytes) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("sockbuf ")
                .append(wishedBytes)
                .append(": the kernel grants ")
                .append(receiveBytes)
                .append(" bytes to receive and ")
                .append(sendBytes)
                .append(" to send; bursts beyond that are lost");
        if (linux) {
            text.append("; allow more with: sysctl -w");
            if (receiveBytes < wishedBytes) {
                text.append(" net.core.rmem_max=").append(wishedBytes);
            }
            if (sendBytes < wishedBytes) {
                text.append(" net.core.wmem_max=").append(wishedBytes);
            }
        }
        return Optional.of(text.toString());
    }
}
