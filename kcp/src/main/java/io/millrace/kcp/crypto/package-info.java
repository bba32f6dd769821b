/**
 * Keys and packet ciphers: a packet is sealed and opened in place, header, checksum or tag included. Objects are for one
 * thread, {@link io.millrace.kcp.crypto.TunnelKey} for any. spec: kcp 1.1-1.3, 2.
 */
@NullMarked
package io.millrace.kcp.crypto;

import org.jspecify.annotations.NullMarked;
