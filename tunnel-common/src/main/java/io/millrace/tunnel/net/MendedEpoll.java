package io.millrace.tunnel.net;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;

/**
 * Netty's epoll handler with three faults of it mended.
 *
 * <ul>
 *   <li><b>A lost registration.</b> A channel that is interested in nothing for a moment is taken out of the epoll set and
 *       cannot be put back (Netty 4.2.12 to 4.2.20: {@code epoll_ctl(..) failed: No such file or directory}). That is what a
 *       half-closed connection does when its input has ended and it then has to wait before it can write on; its output was lost. Instead of
 *       "nothing", errors are asked for, edge-triggered so that they cannot spin the loop.
 *   <li><b>Events of a descriptor's former owner.</b> Events are fetched in batches and handed out by descriptor. When one
 *       event closes a connection and another opens one, the kernel gives the new one the same number, and what is left in
 *       the batch for the old one ("hung up") hits the new one, which fails before it is connected. So a channel gets no
 *       event of the batch in which it was registered: none can be its own. (Seen with Netty 4.2.18.)
 *   <li><b>Reading that cannot be stopped.</b> When the kernel has got the end of a connection's input ("half hung up"), Netty
 *       reads all that is before it, megabytes, also from a channel that is not to be read: back-pressure ends, and what an
 *       application sent before its connection has a session is lost. So that event is not asked for. The end is found by
 *       reading, when the channel is read; a broken connection, which nobody may be reading, is still told of at once.
 * </ul>
 */
final class MendedEpoll implements IoHandler {
    private static final EpollIoOps LEAST = EpollIoOps.EPOLLERR.with(EpollIoOps.EPOLLET);

    private final IoHandler epoll;

    /** Counts the batches: odd while one is handed out. Event loop only. */
    private long batch;

    private MendedEpoll(IoHandler epoll) {
        this.epoll = epoll;
    }

    static IoHandlerFactory newFactory() {
        IoHandlerFactory factory = EpollIoHandler.newFactory();
        return executor -> new MendedEpoll(factory.newHandler(executor));
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
        Handle wrapped = new Handle((EpollIoHandle) handle);
        return new Registration(epoll.register(wrapped), wrapped);
    }

    @Override
    public int run(IoHandlerContext context) {
        batch++;
        try {
            return epoll.run(context);
        } finally {
            batch++;
        }
    }

    @Override
    public void initialize() {
        epoll.initialize();
    }

    @Override
    public void prepareToDestroy() {
        epoll.prepareToDestroy();
    }

    @Override
    public void destroy() {
        epoll.destroy();
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return epoll.isCompatible(handleType);
    }

    @SuppressWarnings("try") // close() may throw anything: Netty's signature
    private final class Handle implements EpollIoHandle {
        private final EpollIoHandle handle;
        private final long registeredIn = batch;
        /** It would be told of the end of its input. Event loop only. */
        private boolean halfCloses;

        Handle(EpollIoHandle handle) {
            this.handle = handle;
        }

        @Override
        public FileDescriptor fd() {
            return handle.fd();
        }

        @Override
        public void handle(IoRegistration registration, IoEvent event) {
            if (registeredIn != batch) {
                handle.handle(registration, halfCloses ? withEndIfBroken((EpollIoEvent) event) : event);
            }
        }

        @Override
        public void registered() {
            handle.registered();
        }

        @Override
        public void unregistered() {
            handle.unregistered();
        }

        @Override
        public void close() throws Exception {
            handle.close();
        }
    }

    /** A broken connection is read to its end, however little that is wanted: nothing else would show the error. */
    private static EpollIoEvent withEndIfBroken(EpollIoEvent event) {
        if (!event.ops().contains(EpollIoOps.EPOLLERR)) {
            return event;
        }
        EpollIoOps ops = event.ops().with(EpollIoOps.EPOLLRDHUP);
        return () -> ops;
    }

    private record Registration(IoRegistration registration, Handle handle) implements IoRegistration {
        @Override
        public long submit(IoOps ops) {
            EpollIoOps wanted = (EpollIoOps) ops;
            if (wanted.contains(EpollIoOps.EPOLLRDHUP)) {
                handle.halfCloses = true;
                wanted = wanted.without(EpollIoOps.EPOLLRDHUP);
            }
            return registration.submit(wanted.value() == 0 ? LEAST : wanted);
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's signature
        public <T> T attachment() {
            return registration.attachment();
        }

        @Override
        public boolean isValid() {
            return registration.isValid();
        }

        @Override
        public boolean cancel() {
            return registration.cancel();
        }
    }
}
