package io.millrace.kcp;

import io.millrace.kcp.session.SessionConfig;
import io.millrace.kcp.session.SharedResources;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The datagram channel of one client session: everything from the server's address is the session's. spec: kcp 5.1 */
final class KcpClientHandler extends KcpDatagramHandler {
    private final InetSocketAddress server;
    private @Nullable KcpChannel session;

    KcpClientHandler(InetSocketAddress server, SessionConfig config, SharedResources shared, KcpListener listener) {
        super(config, shared, listener);
        this.server = server;
    }

    void setSession(KcpChannel session) {
        this.session = session;
    }

    @Override
    void route(byte[] bytes, int offset, int length, InetSocketAddress from) {
        KcpChannel present = session;
        if (!from.equals(server)) {
            drop(DropReason.FOREIGN_SOURCE, from);
        } else if (present == null) {
            drop(DropReason.CLOSED, from);
        } else {
            deliver(present, bytes, offset, length);
        }
    }

    @Override
    void onRemoved(KcpChannel removed) {
        session = null;
        channel().close();
    }

    @Override
    List<KcpChannel> sessions() {
        KcpChannel present = session;
        return present == null ? List.of() : List.of(present);
    }
}
