/**
 * What client and server share about a tunnel session: KCP, compression and smux stacked by the configuration, and its
 * log lines. Used on the session's event loop. spec: tunnel 0, 2.6
 */
@NullMarked
package io.millrace.tunnel.session;

import org.jspecify.annotations.NullMarked;
