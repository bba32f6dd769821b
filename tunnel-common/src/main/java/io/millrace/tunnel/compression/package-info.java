/**
 * Compression of the byte stream of one session, below smux: snappy framing as kcptun has it, or LZ4 between two
 * Millraces.
 *
 * <p>Thread rule: a handler belongs to its channel's event loop; work memory is shared per thread.
 *
 * <p>spec: tunnel 5
 */
@NullMarked
package io.millrace.tunnel.compression;

import org.jspecify.annotations.NullMarked;
