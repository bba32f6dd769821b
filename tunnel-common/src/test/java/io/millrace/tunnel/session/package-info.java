/** Tests of what is common to sessions. */
@NullMarked
package io.millrace.tunnel.session;

import org.jspecify.annotations.NullMarked;
