/**
 * What can be configured: command-line flags, JSON files, {@code KCPTUN_KEY}, mode profiles and their validation.
 *
 * <p>Threads: everything public is immutable or a pure static function; nothing here keeps state between calls.
 *
 * <p>Source: spec: tunnel 1, 2.2, 2.7, 9, 10.
 */
@NullMarked
package io.millrace.config;

import org.jspecify.annotations.NullMarked;
