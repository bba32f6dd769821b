@NullMarked
package io.millrace.tunnel.client;

import org.jspecify.annotations.NullMarked;
