/** JMH benchmarks of what every packet passes through; each beside the best alternative of the JDK or a library. */
@NullMarked
package io.millrace.bench;

import org.jspecify.annotations.NullMarked;
