/**
 * Forward error correction: groups of d data and p parity packets, any d of which give back the rest. No clock, no I/O;
 * all objects that share a {@link io.millrace.kcp.fec.FecWorkspace} belong to one thread. spec: kcp 3.
 */
@NullMarked
package io.millrace.kcp.fec;

import org.jspecify.annotations.NullMarked;
