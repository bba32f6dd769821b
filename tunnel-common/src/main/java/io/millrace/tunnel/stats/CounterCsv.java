package io.millrace.tunnel.stats;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZonedDateTime;

/**
 * The CSV file of counters. The part of its path after the last slash is a {@link GoTimeLayout}, filled in for each row: a
 * layout with a date in it begins a new file every day. A file is open only while a row is written. spec: tunnel 8.1
 */
public final class CounterCsv {
    private final String path;
    private final String folder;
    private final String layout;

    /** The file of a path as the user gave it. */
    public CounterCsv(String path) {
        this.path = path;
        int nameAt = Math.max(path.lastIndexOf('/'), path.lastIndexOf(File.separatorChar)) + 1;
        this.folder = path.substring(0, nameAt);
        this.layout = path.substring(nameAt);
    }

    /** The file that a row of this moment goes to. */
    Path fileAt(ZonedDateTime now) {
        return Path.of(folder + GoTimeLayout.format(layout, now));
    }

    /** Adds a row, after the header if the file is empty. */
    void append(ZonedDateTime now, CounterSnapshot counters) throws IOException {
        try (FileChannel file = FileChannel.open(fileAt(now), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            String row = counters.csvRow(now.toEpochSecond()) + "\n";
            String text = file.size() == 0 ? CounterSnapshot.csvHeader() + "\n" + row : row;
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        }
    }

    @Override
    public String toString() {
        return path;
    }
}
