/**
 * The TCP segments: crafting and parsing, and the numbers that a flow of them carries. No clock, no I/O; one thread each.
 * spec: tunnel 7.4, 7.5
 */
@NullMarked
package io.millrace.faketcp.wire;

import org.jspecify.annotations.NullMarked;
