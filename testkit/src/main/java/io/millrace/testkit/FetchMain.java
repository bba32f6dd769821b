package io.millrace.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Downloads a file with a progress bar on standard error, for the demo on machines without curl: {@code FetchMain URL FILE}.
 * Status 1 if the download fails or is short, 2 for bad input.
 */
public final class FetchMain {
    private static final int EXIT_FAILED = 1;
    private static final int EXIT_BAD_INPUT = 2;
    private static final int CHUNK_BYTES = 65_536;
    private static final int TIMEOUT_MS = 60_000;
    private static final int BAR_CHARS = 50;
    private static final int BAR_STEP_PERCENT = 2;

    private FetchMain() {}

    public static void main(String[] args) {
        try {
            if (args.length != 2) {
                throw new IllegalArgumentException("two arguments are needed: URL FILE");
            }
            fetch(URI.create(args[0]).toURL(), Path.of(args[1]));
        } catch (IllegalArgumentException e) {
            System.err.println("fetch: " + e.getMessage());
            System.exit(EXIT_BAD_INPUT);
        } catch (IOException e) {
            System.err.println("fetch: " + e.getMessage());
            System.exit(EXIT_FAILED);
        }
    }

    private static void fetch(URL url, Path file) throws IOException {
        if (!(url.openConnection() instanceof HttpURLConnection connection)) {
            throw new IllegalArgumentException("URL is \"" + url + "\", must begin with http:// or https://");
        }
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException(url + " answered with status " + connection.getResponseCode());
        }
        long expected = connection.getContentLengthLong();
        try (InputStream in = connection.getInputStream();
                OutputStream out = Files.newOutputStream(file)) {
            long got = copy(in, out, expected);
            if (got != expected) {
                throw new IOException("got " + got + " bytes of " + url + ", expected " + expected);
            }
        }
    }

    private static long copy(InputStream in, OutputStream out, long expected) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        long got = 0;
        int shownPercent = -1;
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
            out.write(chunk, 0, read);
            got += read;
            int percent = expected > 0 ? (int) (100 * got / expected) : 100;
            percent -= percent % BAR_STEP_PERCENT;
            if (percent != shownPercent) {
                shownPercent = percent;
                System.err.print("\r" + bar(percent));
            }
        }
        System.err.println();
        return got;
    }

    private static String bar(int percent) {
        int full = BAR_CHARS * percent / 100;
        return "#".repeat(full) + "-".repeat(BAR_CHARS - full) + " " + percent + " %";
    }
}
