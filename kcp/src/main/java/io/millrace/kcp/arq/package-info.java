/**
 * The ARQ core of KCP: segments, windows, acknowledgements, retransmission. Pure: time and bytes are arguments; one
 * thread per {@link io.millrace.kcp.arq.Kcp}. spec: kcp 4.
 */
@NullMarked
package io.millrace.kcp.arq;

import org.jspecify.annotations.NullMarked;
