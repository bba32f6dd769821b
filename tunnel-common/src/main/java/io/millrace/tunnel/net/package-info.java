/**
 * Which of Netty's transports is used: epoll, kqueue or NIO.
 *
 * <p>Thread rule: immutable, usable from any thread.
 *
 * <p>spec: tunnel 2.2, 3.3 (TCP and unix-domain sockets)
 */
@NullMarked
package io.millrace.tunnel.net;

import org.jspecify.annotations.NullMarked;
