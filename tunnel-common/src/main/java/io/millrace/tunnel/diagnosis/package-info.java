/**
 * Finds out what is set differently at the two ends, or wrong on the path between them: decisions in classes without a
 * clock, fed by the log of the sessions and by what their counters say. One set for each event loop. spec: tunnel 0, 13
 */
@NullMarked
package io.millrace.tunnel.diagnosis;

import org.jspecify.annotations.NullMarked;
