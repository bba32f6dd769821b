package io.millrace.config;

/** Makes user input safe to show: one line, bounded, nothing a terminal would obey. */
final class Echo {

    private static final int MAX_CHARS = 80;

    private Echo() {}

    /** The text in double quotes, control and other invisible characters escaped, long texts cut. */
    static String quoted(String text) {
        return '"' + plain(text) + '"';
    }

    /** Like {@link #quoted} without the quotes. */
    static String plain(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (i == MAX_CHARS) {
                return out.append("...").toString();
            }
            char c = text.charAt(i);
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE,
                        Character.PRIVATE_USE,
                        Character.UNASSIGNED -> out.append(String.format("\\u%04x", (int) c));
                default -> out.append(c);
            }
        }
        return out.toString();
    }
}
