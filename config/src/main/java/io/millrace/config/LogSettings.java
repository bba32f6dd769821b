package io.millrace.config;

import java.util.Optional;

/**
 * Where and how much to log.
 *
 * @param file path of the file to append to; empty = standard error
 * @param quiet whether the lines about single streams are left out
 */
public record LogSettings(Optional<String> file, boolean quiet) {}
