package io.millrace.kcp;

import java.net.InetSocketAddress;

/** Two listeners as one. */
record KcpListenerPair(KcpListener first, KcpListener second) implements KcpListener {
    @Override
    public void sessionOpened(KcpChannel channel) {
        first.sessionOpened(channel);
        second.sessionOpened(channel);
    }

    @Override
    public void sessionClosed(KcpChannel channel, CloseReason reason) {
        first.sessionClosed(channel, reason);
        second.sessionClosed(channel, reason);
    }

    @Override
    public void fecDiffers(KcpChannel channel) {
        first.fecDiffers(channel);
        second.fecDiffers(channel);
    }

    @Override
    public void packetDropped(DropReason reason, InetSocketAddress sender) {
        first.packetDropped(reason, sender);
        second.packetDropped(reason, sender);
    }

    @Override
    public void internalError(Throwable cause) {
        first.internalError(cause);
        second.internalError(cause);
    }

    @Override
    public void sendFailed(InetSocketAddress recipient, Throwable cause) {
        first.sendFailed(recipient, cause);
        second.sendFailed(recipient, cause);
    }

    @Override
    public void segmentationOff(Throwable cause) {
        first.segmentationOff(cause);
        second.segmentationOff(cause);
    }
}
