/** Tests of the channels: embedded, then over real sockets. */
@NullMarked
package io.millrace.kcp;

import org.jspecify.annotations.NullMarked;
