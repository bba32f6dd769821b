/**
 * The quantum permutation pad, a second cipher over the bytes of each stream. Pads are shared by all threads; what is made
 * of them belongs to one event loop. spec: tunnel 6
 */
@NullMarked
package io.millrace.tunnel.qpp;

import org.jspecify.annotations.NullMarked;
