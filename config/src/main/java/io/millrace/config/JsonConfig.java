package io.millrace.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a JSON file says: the files kcptun accepts are accepted, with line and key in every error.
 *
 * <p>spec: tunnel 1.5
 *
 * @param values value of each key that is there and not null
 * @param warnings keys that have no effect, which is hardly meant
 * @param notes keys that have no effect because they are for the other program
 */
record JsonConfig(Map<Setting, SettingValue> values, List<String> warnings, List<String> notes) {

    static final int MAX_FILE_BYTES = 1 << 20;

    /** Reads the file; a {@link ConfigException} names the file and what is wrong with it. */
    static JsonConfig read(Side side, String fileName) {
        byte[] content;
        try (InputStream in = Files.newInputStream(Path.of(fileName))) {
            content = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new ConfigException("flag -c: no such file: " + Echo.quoted(fileName));
        } catch (IOException | InvalidPathException e) {
            throw new ConfigException("flag -c: cannot read the file " + Echo.quoted(fileName) + " ("
                    + e.getClass().getSimpleName() + "); allowed: a readable JSON file");
        }
        return parse(side, fileName, content);
    }

    /** Reads the bytes of a file; {@code fileName} is for messages only. */
    static JsonConfig parse(Side side, String fileName, byte[] content) {
        if (content.length > MAX_FILE_BYTES) {
            throw new ConfigException(Echo.plain(fileName) + ": the file is larger than " + MAX_FILE_BYTES
                    + " bytes; that is no configuration");
        }
        return new Reader(side, Echo.plain(fileName), decode(content)).read();
    }

    /** UTF-8 with each byte that does not fit replaced by U+FFFD, as Go does it (Java alone would merge some). */
    private static String decode(byte[] content) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(content);
        CharBuffer out = CharBuffer.allocate(content.length);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                return out.flip().toString();
            }
            for (int i = 0; i < result.length(); i++) {
                in.get();
                out.put('\ufffd');
            }
        }
    }

    private static final class Reader {
        private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxStringLength(MAX_FILE_BYTES)
                                .build())
                        .build())
                .build();

        private final Side side;
        private final String fileName;
        private final String content;
        private final Map<Setting, SettingValue> values = new EnumMap<>(Setting.class);
        private final Map<Setting, Integer> lines = new EnumMap<>(Setting.class);
        private final List<String> warnings = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Reader(Side side, String fileName, String content) {
            this.side = side;
            this.fileName = fileName;
            this.content = content;
        }

        JsonConfig read() {
            if (content.startsWith("\ufeff")) {
                throw new ConfigException(
                        fileName + ", line 1: the file starts with a byte order mark; save it as UTF-8 without one");
            }
            if (content.isBlank()) {
                throw new ConfigException(fileName + ": the file is empty; allowed: one JSON object, at least {}");
            }
            try (JsonParser parser = JSON.createParser(content)) {
                JsonToken first = parser.nextToken();
                if (first == JsonToken.START_OBJECT) {
                    readObject(parser);
                } else if (first == JsonToken.VALUE_NULL) {
                    warnings.add(fileName + ": the file says null; nothing is configured by it");
                } else {
                    throw new ConfigException(fileName + ", line "
                            + parser.currentTokenLocation().getLineNr() + ": the file holds " + describe(first)
                            + "; allowed: one JSON object in braces");
                }
                // What follows the closing brace is not looked at, as in Go.
                return new JsonConfig(values, List.copyOf(warnings), List.copyOf(notes));
            } catch (JsonProcessingException e) {
                throw syntaxError(e);
            } catch (IOException e) {
                throw new ConfigException(fileName + ": cannot be read");
            }
        }

        private void readObject(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                int line = parser.currentTokenLocation().getLineNr();
                String place = fileName + ", line " + line + ", key " + Echo.quoted(key);
                JsonToken value = parser.nextToken();
                Setting setting = Setting.byJsonKey(side, key);
                if (setting == null) {
                    nameIgnored(key, place);
                    parser.skipChildren();
                    continue;
                }
                Integer earlier = lines.put(setting, line);
                if (earlier != null) {
                    warnings.add(place + ": given already in line " + earlier + "; the last one counts");
                }
                if (value == JsonToken.START_OBJECT && setting.spec().portTable()) {
                    values.put(
                            setting, new SettingValue(readPortTable(parser, place), SettingValue.Origin.FILE, place));
                } else {
                    String asWritten = value.isScalarValue() ? parser.getText() : "";
                    readValue(JSON.readTree(parser), asWritten, setting, place);
                }
            }
        }

        /** Upstream ignores what it does not know, so its files may hold anything; what looks like a mistake is named. */
        private void nameIgnored(String key, String place) {
            if (Setting.byJsonKey(side.other(), key) != null) {
                notes.add(place + ": ignored, it belongs to the " + side.other() + " and this is the " + side);
                return;
            }
            Setting flag = Setting.byFlag(side, key);
            String meant = flag == null || flag.spec().jsonKey() == null
                    ? Spelling.suggestion(key, Setting.jsonKeys(side), "")
                    : "; did you mean " + flag.spec().jsonKey() + "?";
            warnings.add(place + ": ignored, there is no such key" + meant);
        }

        private PortTable readPortTable(JsonParser parser, String place) throws IOException {
            List<PortTable.Row> rows = new ArrayList<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String ports = parser.currentName();
                String row = fileName + ", line "
                        + parser.currentTokenLocation().getLineNr() + ", ports " + Echo.quoted(ports);
                JsonToken value = parser.nextToken();
                if (value != JsonToken.VALUE_STRING) {
                    throw new ConfigException(
                            row + ": " + describe(value) + " is not allowed; allowed: a string in quotes");
                }
                rows.add(new PortTable.Row(ports, wellFormed(parser.getText()), row));
            }
            if (rows.isEmpty()) {
                throw new ConfigException(place + ": the table is empty; allowed: at least one line of port and value");
            }
            return new PortTable(rows);
        }

        private void readValue(JsonNode node, String asWritten, Setting setting, String place) {
            if (node.isNull()) {
                return;
            }
            Object value =
                    switch (setting.spec().type()) {
                        case TEXT -> node.isTextual() ? wellFormed(node.textValue()) : null;
                        case BOOLEAN -> node.isBoolean() ? (Object) node.booleanValue() : null;
                        case INTEGER ->
                            node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.longValue() : null;
                    };
            if (value == null) {
                String allowed = setting.spec().type() == SettingSpec.Type.INTEGER
                        ? setting.spec().allowedIntegers() + ", without quotes, point or exponent"
                        : setting.spec().type().allowed()
                                + (setting.spec().type() == SettingSpec.Type.BOOLEAN
                                        ? ", without quotes"
                                        : " in quotes" + (setting.spec().portTable() ? ", or a table by port" : ""));
                String given = setting.spec().secret() ? "the value (not shown)" : "value " + show(node, asWritten);
                throw new ConfigException(place + ": " + given + " is not allowed; allowed: " + allowed);
            }
            values.put(setting, new SettingValue(value, SettingValue.Origin.FILE, place));
        }

        private static String show(JsonNode node, String asWritten) {
            if (node.isTextual()) {
                return Echo.quoted(node.textValue());
            }
            return node.isContainerNode() ? describe(node.asToken()) : Echo.plain(asWritten);
        }

        private static String describe(@Nullable JsonToken token) {
            if (token == null) {
                return "no value";
            }
            return switch (token) {
                case START_OBJECT -> "{...}";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> "a string";
                default -> "a single value";
            };
        }

        /** A half surrogate pair (only an escape can make one) becomes U+FFFD, as in Go. */
        private static String wellFormed(String text) {
            StringBuilder out = new StringBuilder(text.length());
            text.codePoints()
                    .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                    .forEach(out::appendCodePoint);
            return out.toString();
        }

        /** Says where, and why if the reason is a usual one. The parser's own text may quote the key, so it is not used. */
        private ConfigException syntaxError(JsonProcessingException e) {
            int at = e.getLocation() == null
                    ? 0
                    : (int) Math.max(0, e.getLocation().getCharOffset());
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
            return new ConfigException(
                    fileName + ", line " + line + ", column " + column + ": not valid JSON" + reason(at));
        }

        private String reason(int errorAt) {
            // The parser reports the position of the bad character or the one behind it.
            for (int at = Math.max(0, errorAt - 1); at <= errorAt && at < content.length(); at++) {
                switch (content.charAt(at)) {
                    case '/', '#' -> {
                        return "; comments are not allowed";
                    }
                    case '\'' -> {
                        return "; strings need double quotes";
                    }
                    case '}', ']' -> {
                        return content.substring(0, at).stripTrailing().endsWith(",")
                                ? "; no comma is allowed before a closing bracket"
                                : "";
                    }
                    default -> {}
                }
            }
            return errorAt >= content.length() ? "; the file ends too early" : "";
        }
    }
}
