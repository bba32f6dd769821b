package io.millrace.config;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;

/**
 * Integers and booleans as Go's {@code flag} package reads them.
 *
 * <p>spec: tunnel 1.3
 */
final class GoLiterals {

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    /** 64 binary digits with an underscore between each, a sign and a prefix fit; leading zeros beyond are nobody's. */
    private static final int MAX_CHARS = 160;

    private GoLiterals() {}

    /** Thrown with a reason that goes behind "is not allowed" in a message. */
    static final class BadLiteralException extends Exception {
        BadLiteralException(String reason) {
            super(reason);
        }
    }

    static boolean parseBoolean(String text) throws BadLiteralException {
        if (TRUE.contains(text)) {
            return true;
        }
        if (FALSE.contains(text)) {
            return false;
        }
        throw new BadLiteralException("not a boolean");
    }

    /** Sign, then 0x, 0b, 0o or 0 (octal) prefix, with underscores between digits; 64 bits. */
    static long parseInteger(String text) throws BadLiteralException {
        if (text.length() > MAX_CHARS || !hasGoodUnderscores(text)) {
            throw new BadLiteralException("not an integer");
        }
        boolean negative = text.startsWith("-");
        String digits = negative || text.startsWith("+") ? text.substring(1) : text;
        int radix = 10;
        boolean octalByZero = false;
        if (digits.startsWith("0")) {
            int prefixed = digits.length() >= 3 ? prefixRadix(digits) : 0;
            octalByZero = prefixed == 0;
            radix = octalByZero ? 8 : prefixed;
            digits = octalByZero ? digits : digits.substring(2);
        }
        digits = digits.replace("_", "");
        if (!isNumber(digits, radix)) {
            boolean meantDecimal = octalByZero && isNumber(digits, 10);
            throw new BadLiteralException(
                    meantDecimal ? "octal, since it begins with 0, and no such number" : "not an integer");
        }
        BigInteger value = new BigInteger(negative ? "-" + digits : digits, radix);
        if (value.bitLength() > 63) {
            throw new BadLiteralException("out of the 64-bit range");
        }
        return value.longValue();
    }

    private static int prefixRadix(String digits) {
        return switch (digits.substring(0, 2).toLowerCase(Locale.ROOT)) {
            case "0x" -> 16;
            case "0o" -> 8;
            case "0b" -> 2;
            default -> 0;
        };
    }

    /** ASCII digits only: {@link Character#digit} alone would let other scripts in. */
    private static boolean isNumber(String digits, int radix) {
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) > 'z' || Character.digit(digits.charAt(i), radix) < 0) {
                return false;
            }
        }
        return !digits.isEmpty();
    }

    /** Underscores only between digits, or between the base prefix and a digit. */
    private static boolean hasGoodUnderscores(String text) {
        String digits = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
        boolean afterDigit = false;
        if (digits.length() >= 2 && prefixRadix(digits) != 0) {
            digits = digits.substring(2);
            afterDigit = true;
        }
        for (int i = 0; i < digits.length(); i++) {
            boolean underscore = digits.charAt(i) == '_';
            if (underscore && !afterDigit) {
                return false;
            }
            afterDigit = !underscore;
        }
        return !digits.endsWith("_");
    }
}
