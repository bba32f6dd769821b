package io.millrace.tunnel.net;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The file of a listening unix socket. A program that is killed leaves its file behind, and nobody can listen there until it is
 * gone; but the file of a program that runs, or one that is no socket, must stay. spec: tunnel 2.2
 */
final class UnixSocketFile {
    private UnixSocketFile() {}

    /**
     * Makes way for a socket: removes a file that a dead program left.
     *
     * @throws IOException if a program listens there, or something else has that name; the message says what to do
     */
    static void makeWay(Path path) throws IOException {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!file.isOther()) {
                throw new IOException(
                        "there is something of that name, which is no socket; remove it or choose another path");
            }
            if (isAnswered(path)) {
                throw new IOException("another program listens there");
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            return; // as it should be
        }
    }

    private static boolean isAnswered(Path path) throws IOException {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException refused) {
            return false;
        }
    }
}
