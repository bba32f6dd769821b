/**
 * Joins a smux stream and an application's socket.
 *
 * <p>Thread rule: a relay and both its channels live on one event loop; everything is called there.
 *
 * <p>spec: tunnel 4, smux 8.5
 */
@NullMarked
package io.millrace.tunnel.relay;

import org.jspecify.annotations.NullMarked;
