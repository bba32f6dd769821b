/**
 * One session without I/O: the ARQ core with forward error correction around it, packets laid out for the cipher. Pure,
 * one thread per session. spec: kcp 1, 5.4
 */
@NullMarked
package io.millrace.kcp.session;

import org.jspecify.annotations.NullMarked;
