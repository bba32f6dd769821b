/**
 * The smux stream multiplexer, versions 1 and 2, as Netty channels over any byte-stream channel.
 * Thread rule: a session, its streams and everything they own live on the event loop of the parent channel.
 * Implements spec: smux 3 to 17 and 20 to 21.
 */
@NullMarked
package io.millrace.smux;

import org.jspecify.annotations.NullMarked;
