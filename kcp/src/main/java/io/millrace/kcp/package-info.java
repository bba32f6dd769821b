/**
 * KCP sessions as Netty channels over a datagram channel. A session, its datagram channel and its timer share one event
 * loop; nothing here is used from another thread unless it says so. spec: kcp 5
 */
@NullMarked
package io.millrace.kcp;

import org.jspecify.annotations.NullMarked;
