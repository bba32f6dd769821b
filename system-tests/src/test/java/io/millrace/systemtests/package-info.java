/**
 * Whole programs over real sockets: Millrace against itself and against Debian's kcptun, in every combination of
 * settings that matters, over bad links, under hostile input and through restarts. Tests run one at a time; traffic has an
 * event loop of its own. spec: tunnel 15
 */
@NullMarked
package io.millrace.systemtests;

import org.jspecify.annotations.NullMarked;
