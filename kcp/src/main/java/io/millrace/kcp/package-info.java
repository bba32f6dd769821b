/** KCP as Netty channels. */
@NullMarked
package io.millrace.kcp;

import org.jspecify.annotations.NullMarked;
