/**
 * What the bytes on the wire mean: offsets and check-once views, no state, no I/O. Any thread. spec: kcp 1.
 */
@NullMarked
package io.millrace.kcp.wire;

import org.jspecify.annotations.NullMarked;
