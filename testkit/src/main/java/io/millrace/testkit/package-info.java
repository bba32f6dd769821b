/**
 * What the tests and the demo stand on: virtual time, simulated and real bad links, seeded data, drivers for other programs.
 * Thread rule: the simulated parts belong to one thread; emulator, servers and process drivers say theirs in their class comment.
 * Implements no section of a wire specification; {@code GoKcptun} drives the programs that spec tunnel describes.
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
