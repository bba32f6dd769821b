package io.millrace.config;

import java.util.Optional;

/**
 * What watches the program while it runs.
 *
 * @param snmpLog path of the CSV file of counters, its last part a Go time layout; empty = none
 * @param snmpPeriodSeconds time between its rows; 0 = none
 * @param pprof whether the profiler listens on loopback
 */
public record DiagnosticsSettings(Optional<String> snmpLog, int snmpPeriodSeconds, boolean pprof) {}
