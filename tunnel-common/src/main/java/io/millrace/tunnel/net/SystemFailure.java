package io.millrace.tunnel.net;

import io.netty.channel.ChannelException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletionException;

/** Why a socket could not be opened, connected or accepted, for a log line: the system's own words, and what helps. */
public final class SystemFailure {
    /** The system's text of EMFILE; that of ENFILE ends with it. */
    private static final String TOO_MANY = "oo many open files";

    private SystemFailure() {}

    /** The text of the failure, without what was put around it on the way. */
    public static String text(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null && isWrapper(root); cause = root.getCause()) {
            root = cause;
        }
        String text = AddressText.inMessage(root);
        return text.contains(TOO_MANY)
                ? text + " (each connection needs one: allow more with ulimit -n, or LimitNOFILE in a unit of systemd)"
                : text;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof ChannelException
                || failure instanceof InvocationTargetException
                || failure instanceof CompletionException;
    }
}
