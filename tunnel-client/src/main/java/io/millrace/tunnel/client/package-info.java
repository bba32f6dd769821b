/**
 * The client: listens for applications, keeps a pool of sessions to the server, gives each connection a stream. What
 * belongs to one event loop stays there. spec: tunnel 2
 */
@NullMarked
package io.millrace.tunnel.client;

import org.jspecify.annotations.NullMarked;
