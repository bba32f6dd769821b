/**
 * The protocol logic of smux without channels, clocks or threads: frames, windows, budgets, order of sending.
 * Thread rule: every object belongs to one session and is used by one thread at a time; time is an argument.
 * Implements spec: smux 2 to 8, 11, 12 and the bounds of 20.
 */
@NullMarked
package io.millrace.smux.core;

import org.jspecify.annotations.NullMarked;
