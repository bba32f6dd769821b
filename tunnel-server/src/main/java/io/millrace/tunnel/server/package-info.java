/**
 * The server: takes sessions and connects each of their streams to the target. What belongs to one event loop stays
 * there. spec: tunnel 3
 */
@NullMarked
package io.millrace.tunnel.server;

import org.jspecify.annotations.NullMarked;
