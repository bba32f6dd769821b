/**
 * A look inside the running program: thread dumps and flight recordings over HTTP, on loopback only, without what would
 * give the key away. Runs on threads of its own. spec: tunnel 3.4
 */
@NullMarked
package io.millrace.tunnel.profiler;

import org.jspecify.annotations.NullMarked;
