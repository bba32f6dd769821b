@NullMarked
package io.millrace.tunnel.server;

import org.jspecify.annotations.NullMarked;
