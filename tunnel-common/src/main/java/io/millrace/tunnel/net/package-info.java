/**
 * What both programs share about sockets and addresses: which of Netty's transports is used and where it needs mending, listening,
 * looking names up, the disguise of datagrams, and how addresses and failures are said to users.
 *
 * <p>Thread rule: any thread, but for what says otherwise.
 *
 * <p>spec: tunnel 2.2, 2.3, 3.3, 7 (TCP and unix-domain sockets)
 */
@NullMarked
package io.millrace.tunnel.net;

import org.jspecify.annotations.NullMarked;
