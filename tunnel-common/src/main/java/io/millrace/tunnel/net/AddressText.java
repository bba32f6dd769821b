package io.millrace.tunnel.net;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses as a user writes them: {@code 127.0.0.1:29900}, {@code [::1]:29900}, the path of a unix socket. */
public final class AddressText {
    /** The JDK's form: a name, which may be empty, and a slash before the address. */
    private static final Pattern WITH_SLASH = Pattern.compile("(?<=^|[ (])[^ (/]*/(?=[0-9a-fA-F.:\\[\\]%]+:[0-9]+\\b)");

    private AddressText() {}

    /** The message of a failure, its addresses in the same form; the failure itself if it has none. */
    public static String inMessage(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.toString()
                : WITH_SLASH.matcher(message).replaceAll("");
    }

    /** The text of an address; {@code unknown} for none. Names are never looked up. */
    public static String of(@Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return NetUtil.toSocketAddressString(inet);
        }
        return address == null ? "unknown" : address.toString();
    }
}
