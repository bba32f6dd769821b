package io.millrace.tunnel.stats;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Go's time layouts, in which a reference time (January 2, 2006, 15:04:05) stands for the fields: {@code 2006} becomes the
 * year, {@code 01} the month, and so on for everything that looks like a part of it; the rest stays. spec: tunnel 8.1
 */
final class GoTimeLayout {
    private static final DateTimeFormatter ZONE_NAME = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);
    private static final int MAX_FRACTION_DIGITS = 9;

    /** A piece of the reference time. */
    private record Token(String text, Function<ZonedDateTime, String> value) {}

    /** Of two that fit at a place, the first wins. */
    private static final List<Token> TOKENS = List.of(
            new Token("January", time -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH)),
            new Token("Jan", time -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH)),
            new Token("Monday", time -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH)),
            new Token("Mon", time -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH)),
            new Token("MST", time -> time.format(ZONE_NAME)),
            new Token("002", time -> padded(time.getDayOfYear(), 3, '0')),
            new Token("01", time -> padded(time.getMonthValue(), 2, '0')),
            new Token("02", time -> padded(time.getDayOfMonth(), 2, '0')),
            new Token("03", time -> padded(hour12(time), 2, '0')),
            new Token("04", time -> padded(time.getMinute(), 2, '0')),
            new Token("05", time -> padded(time.getSecond(), 2, '0')),
            new Token("06", time -> padded(time.getYear() % 100, 2, '0')),
            new Token("15", time -> padded(time.getHour(), 2, '0')),
            new Token("1", time -> Integer.toString(time.getMonthValue())),
            new Token("2006", time -> padded(time.getYear(), 4, '0')),
            new Token("2", time -> Integer.toString(time.getDayOfMonth())),
            new Token("_2006", time -> "_" + padded(time.getYear(), 4, '0')),
            new Token("_2", time -> padded(time.getDayOfMonth(), 2, ' ')),
            new Token("__2", time -> padded(time.getDayOfYear(), 3, ' ')),
            new Token("3", time -> Integer.toString(hour12(time))),
            new Token("4", time -> Integer.toString(time.getMinute())),
            new Token("5", time -> Integer.toString(time.getSecond())),
            new Token("PM", time -> time.getHour() < 12 ? "AM" : "PM"),
            new Token("pm", time -> time.getHour() < 12 ? "am" : "pm"),
            offset("-070000", "+HHMMSS", "+000000"),
            offset("-07:00:00", "+HH:MM:SS", "+00:00:00"),
            offset("-0700", "+HHMM", "+0000"),
            offset("-07:00", "+HH:MM", "+00:00"),
            offset("-07", "+HH", "+00"),
            offset("Z070000", "+HHMMSS", "Z"),
            offset("Z07:00:00", "+HH:MM:SS", "Z"),
            offset("Z0700", "+HHMM", "Z"),
            offset("Z07:00", "+HH:MM", "Z"),
            offset("Z07", "+HH", "Z"));

    private GoTimeLayout() {}

    /** The layout with its fields filled in. */
    static String format(String layout, ZonedDateTime time) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < layout.length()) {
            int fraction = fractionDigits(layout, at);
            Token token = fraction > 0 ? null : tokenAt(layout, at);
            if (fraction > 0) {
                out.append(fraction(layout.charAt(at), fraction, layout.charAt(at + 1) == '9', time.getNano()));
                at += 1 + fraction;
            } else if (token != null) {
                out.append(token.value.apply(time));
                at += token.text.length();
            } else {
                out.append(layout.charAt(at++));
            }
        }
        return out.toString();
    }

    private static @Nullable Token tokenAt(String layout, int at) {
        for (Token token : TOKENS) {
            if (layout.startsWith(token.text, at)) {
                boolean shortName = token.text.equals("Jan") || token.text.equals("Mon");
                return shortName && lowerCaseAt(layout, at + 3) ? null : token; // Janus is no month
            }
        }
        return null;
    }

    private static boolean lowerCaseAt(String layout, int at) {
        return at < layout.length() && layout.charAt(at) >= 'a' && layout.charAt(at) <= 'z';
    }

    /** Length of a run of zeros or nines that stands for a fraction of a second, 0 if there is none at {@code at}. */
    private static int fractionDigits(String layout, int at) {
        char separator = layout.charAt(at);
        if ((separator != '.' && separator != ',') || at + 1 == layout.length()) {
            return 0;
        }
        char digit = layout.charAt(at + 1);
        if (digit != '0' && digit != '9') {
            return 0;
        }
        int end = at + 1;
        while (end < layout.length() && layout.charAt(end) == digit) {
            end++;
        }
        boolean longer = end < layout.length() && layout.charAt(end) >= '0' && layout.charAt(end) <= '9';
        return longer ? 0 : end - at - 1;
    }

    /** With nines, zeros at the end are left out, and so is the separator before nothing. */
    private static String fraction(char separator, int digits, boolean trimmed, int nanos) {
        String text = separator + padded(nanos, 9, '0').substring(0, Math.min(digits, MAX_FRACTION_DIGITS));
        return trimmed ? text.replaceFirst("[.,]?0*$", "") : text;
    }

    private static Token offset(String text, String pattern, String zero) {
        DateTimeFormatter formatter =
                new DateTimeFormatterBuilder().appendOffset(pattern, zero).toFormatter(Locale.ENGLISH);
        return new Token(text, formatter::format);
    }

    private static int hour12(ZonedDateTime time) {
        int hour = time.getHour() % 12;
        return hour == 0 ? 12 : hour;
    }

    private static String padded(int value, int width, char with) {
        String digits = Integer.toString(value);
        return String.valueOf(with).repeat(Math.max(0, width - digits.length())) + digits;
    }
}
