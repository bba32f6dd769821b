package io.millrace.config;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes are read or refused with a {@link ConfigException} of one line; nothing else ever comes out. */
final class JsonConfigFuzzTest {

    @FuzzTest(maxDuration = "2m")
    void anyFile(byte[] content) {
        for (Side side : Side.values()) {
            try {
                JsonConfig config = JsonConfig.parse(side, "fuzz.json", content);
                config.values().forEach((setting, value) -> {
                    if (!setting.isFor(side) || setting.spec().jsonKey() == null) {
                        throw new AssertionError(setting + " cannot come from a file of the " + side);
                    }
                    boolean table = setting.spec().portTable() && value.value() instanceof PortTable;
                    if (!table
                            && value.value().getClass()
                                    != setting.spec().defaultFor(side).getClass()) {
                        throw new AssertionError(setting + " has the wrong type: "
                                + value.value().getClass());
                    }
                });
                config.warnings().forEach(JsonConfigFuzzTest::checkOneLine);
                config.notes().forEach(JsonConfigFuzzTest::checkOneLine);
            } catch (ConfigException e) {
                checkOneLine(e.getMessage());
            }
        }
    }

    private static void checkOneLine(String text) {
        if (text.isEmpty() || text.lines().count() != 1 || text.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("not one harmless line: " + text);
        }
    }
}
