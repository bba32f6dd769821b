/** Tests of the configuration: one class for each table of spec: tunnel 1 and 10. */
@NullMarked
package io.millrace.config;

import org.jspecify.annotations.NullMarked;
