package io.millrace.tunnel.client;

import io.millrace.smux.SmuxStreamChannel;
import io.millrace.tunnel.logging.RateLimiter;
import io.millrace.tunnel.net.AddressText;
import io.millrace.tunnel.relay.NotYetJoined;
import io.millrace.tunnel.relay.Relay;
import io.millrace.tunnel.relay.RelayBuffers;
import io.millrace.tunnel.relay.RelayOptions;
import io.millrace.tunnel.session.StreamLog;
import io.millrace.tunnel.session.TunnelParameters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.FutureListener;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each accepted connection a stream of the next session of its event loop, in turn, and joins the two. */
@ChannelHandler.Sharable
final class ConnectionHandler extends ChannelInitializer<Channel> {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);

    /** The sessions of one event loop and whose turn it is. */
    static final class LoopSlots {
        private final List<SessionSlot> slots;
        private int next;

        LoopSlots(List<SessionSlot> slots) {
            this.slots = List.copyOf(slots);
        }

        /** The next in turn, but for those that would only let it wait, as long as there are others. spec: tunnel 2.3 */
        SessionSlot take() {
            for (int i = 0; i < slots.size(); i++) {
                SessionSlot slot = slots.get((next + i) % slots.size());
                if (slot.isReady()) {
                    next = (next + i + 1) % slots.size();
                    return slot;
                }
            }
            SessionSlot slot = slots.get(next);
            next = (next + 1) % slots.size();
            return slot;
        }

        List<SessionSlot> all() {
            return slots;
        }
    }

    private final Map<Object, LoopSlots> slotsByLoop;
    private final TunnelParameters parameters;
    private final RelayOptions options;
    private final StreamLog log;
    private final RateLimiter warnings = RateLimiter.ofWarnings();

    ConnectionHandler(Map<Object, LoopSlots> slotsByLoop, TunnelParameters parameters, StreamLog log) {
        this.slotsByLoop = Map.copyOf(slotsByLoop);
        this.parameters = parameters;
        this.options = parameters.clientRelay();
        this.log = log;
    }

    @Override
    protected void initChannel(Channel accepted) {
        LoopSlots slots = slotsByLoop.get(accepted.eventLoop());
        if (slots == null || !(accepted instanceof DuplexChannel application)) {
            throw new IllegalStateException("no sessions on the event loop of " + accepted);
        }
        RelayBuffers.limit(accepted);
        accepted.pipeline().addLast(NotYetJoined.INSTANCE);
        ChannelInitializer<Channel> unread = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel stream) {
                parameters.prepareStream(stream);
            }
        };
        slots.take().openStream(unread).addListener((FutureListener<SmuxStreamChannel>) opened -> {
            if (opened.isSuccess()) {
                join(opened.getNow(), application);
            } else {
                warnings.run(suppressed -> LOG.warn(
                        "no stream for {}{}: {}",
                        log.name(application),
                        RateLimiter.more(suppressed),
                        opened.cause().getMessage()));
                application.close();
            }
        });
    }

    private void join(SmuxStreamChannel stream, DuplexChannel application) {
        if (!application.isOpen()) {
            stream.close();
            return;
        }
        String in = log.name(application);
        String out = AddressText.of(stream.parent().remoteAddress()) + "(" + Integer.toUnsignedString(stream.streamId())
                + ")";
        log.opened(in, out);
        Relay.join(stream, application, options, result -> log.closed(in, out, result));
    }
}
