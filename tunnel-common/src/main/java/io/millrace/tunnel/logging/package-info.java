/** Where log lines go and how many of them. Set up once, before the first logger is used. spec: tunnel 2.6 */
@NullMarked
package io.millrace.tunnel.logging;

import org.jspecify.annotations.NullMarked;
