package io.millrace.config;

/**
 * A configuration that cannot be used. The message is one line that names the flag or the file, line and key, the value
 * and what is allowed; it never contains the pre-shared key.
 */
public final class ConfigException extends RuntimeException {

    ConfigException(String message) {
        super(message);
    }

    /** The one-line message, ready to be shown to the user. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
