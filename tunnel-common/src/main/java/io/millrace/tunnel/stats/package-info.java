/**
 * The process' KCP counters: gathered from the event loops, written to a CSV file and told on request. Counting happens on
 * each loop alone; reading asks every loop for its part. spec: kcp 5.8, tunnel 8
 */
@NullMarked
package io.millrace.tunnel.stats;

import org.jspecify.annotations.NullMarked;
