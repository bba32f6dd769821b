package io.millrace.config;

/**
 * Settings of the connections at both ends of a stream.
 *
 * <p>spec: tunnel 4
 *
 * @param closeWaitSeconds what a connection may go on for after one of its directions has ended, 0 or more; the exact
 *     meaning is the side's
 */
public record RelaySettings(int closeWaitSeconds) {}
