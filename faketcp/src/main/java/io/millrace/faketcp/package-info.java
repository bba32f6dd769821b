/**
 * Datagrams disguised as the segments of a TCP connection: a channel on a raw socket that takes and gives Netty's datagrams,
 * so that what lies above cannot tell it from UDP. Linux only. Everything of a flow lives on one event loop. spec: tunnel 7
 */
@NullMarked
package io.millrace.faketcp;

import org.jspecify.annotations.NullMarked;
