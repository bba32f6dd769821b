package io.millrace.config;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command line read with the grammar of Go's {@code flag} package, which scripts written for kcptun rely on: single-dash
 * long names, booleans that take a value only after {@code =}, and an end at the first word that is not a flag.
 *
 * <p>spec: tunnel 1.3
 *
 * @param values the last value given to each setting
 * @param rest what was left after the last flag
 * @param restAt position of {@code rest} on the command line, counted from 0
 */
record GoFlags(Map<Setting, SettingValue> values, List<String> rest, int restAt) {

    /** Reads the command line; throws a {@link ConfigException} at the first error, as Go does. */
    static GoFlags parse(Side side, List<String> args) {
        return new Reader(side, args).read();
    }

    /** The names, without dashes and values, of the known flags among the words left over. */
    List<String> flagsInRest(Side side) {
        return rest.stream()
                .filter(word -> word.length() > 1 && word.startsWith("-"))
                .map(word -> word.substring(word.startsWith("--") ? 2 : 1))
                .map(word -> word.indexOf('=') < 0 ? word : word.substring(0, word.indexOf('=')))
                .filter(name -> Setting.byFlag(side, name) != null)
                .toList();
    }

    private static final class Reader {
        private final Side side;
        private final List<String> args;
        private final Map<Setting, SettingValue> values = new EnumMap<>(Setting.class);
        private final Map<Setting, String> spellings = new EnumMap<>(Setting.class);
        private @Nullable ConfigException twoForms;
        private @Nullable Setting previous;
        private int next;

        Reader(Side side, List<String> args) {
            this.side = side;
            this.args = args;
        }

        GoFlags read() {
            while (next < args.size() && isFlag(args.get(next))) {
                String word = args.get(next++);
                if (word.equals("--")) {
                    break;
                }
                readFlag(word);
            }
            // Go looks for doubled names only after the whole line was read well.
            if (twoForms != null) {
                throw twoForms;
            }
            return new GoFlags(values, List.copyOf(args.subList(next, args.size())), next);
        }

        private static boolean isFlag(String word) {
            return word.length() >= 2 && word.charAt(0) == '-';
        }

        private void readFlag(String word) {
            String body = word.substring(word.startsWith("--") ? 2 : 1);
            int equals = body.indexOf('=');
            String name = equals < 0 ? body : body.substring(0, equals);
            Setting setting = name.isEmpty() || name.startsWith("-") ? null : Setting.byFlag(side, name);
            if (setting == null) {
                throw unknown(name);
            }
            String value;
            if (equals >= 0) {
                value = body.substring(equals + 1);
            } else if (setting.spec().type() == SettingSpec.Type.BOOLEAN) {
                value = "true";
            } else if (next < args.size()) {
                value = args.get(next++);
            } else {
                throw new ConfigException("flag -" + name + " needs a value: "
                        + setting.spec().type().allowed());
            }
            String earlier = spellings.putIfAbsent(setting, name);
            if (earlier != null && !earlier.equals(name) && twoForms == null) {
                twoForms = new ConfigException(
                        "flags -" + earlier + " and -" + name + " are two forms of the same flag; give one of them");
            }
            values.put(
                    setting,
                    new SettingValue(convert(setting, name, value), SettingValue.Origin.FLAG, "flag -" + name));
            previous = setting;
        }

        private ConfigException unknown(String name) {
            if (previous != null && previous.spec().secret()) {
                // The word may be the second half of a secret that was not quoted.
                return new ConfigException("argument " + next + " (it follows the value of -"
                        + previous.spec().name() + " and is not shown) is not a flag; quote a value with blanks");
            }
            if (name.isEmpty() || name.startsWith("-")) {
                return new ConfigException(
                        "bad flag syntax in argument " + next + ": write -name, -name=value or --name");
            }
            String shown = Echo.plain(name);
            if (Setting.byFlag(side.other(), name) != null) {
                return new ConfigException(
                        "unknown flag -" + shown + ": it belongs to the " + side.other() + ", this is the " + side);
            }
            return new ConfigException("unknown flag -" + shown
                    + Spelling.suggestion(name, Setting.flagNames(side), "-") + " (-h lists all flags)");
        }

        private static Object convert(Setting setting, String name, String value) {
            try {
                return switch (setting.spec().type()) {
                    case TEXT -> value;
                    case INTEGER -> GoLiterals.parseInteger(value);
                    case BOOLEAN -> GoLiterals.parseBoolean(value);
                };
            } catch (GoLiterals.BadLiteralException e) {
                String allowed = setting.spec().type() == SettingSpec.Type.INTEGER
                        ? setting.spec().allowedIntegers()
                        : setting.spec().type().allowed();
                throw new ConfigException("flag -" + name + ": value " + Echo.quoted(value) + " is " + e.getMessage()
                        + "; allowed: " + allowed);
            }
        }
    }
}
