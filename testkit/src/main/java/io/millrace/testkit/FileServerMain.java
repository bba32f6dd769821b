package io.millrace.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * A web server for one file, as the demo's target: {@code FileServerMain HOST:PORT FILE} answers {@code GET /NAME}. Prints one
 * line when it is ready; bad input ends it with one line on standard error and status 2. One thread a request.
 */
public final class FileServerMain {
    private static final int EXIT_BAD_INPUT = 2;
    private static final int BACKLOG = 128;
    private static final int HTTP_OK = 200;
    private static final int HTTP_NOT_FOUND = 404;
    private static final int HTTP_METHOD_NOT_ALLOWED = 405;
    private static final long EMPTY_BODY = -1;

    private FileServerMain() {}

    public static void main(String[] args) {
        try {
            if (args.length != 2) {
                throw new IllegalArgumentException("two arguments are needed: HOST:PORT FILE");
            }
            Path file = Path.of(args[1]);
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new IllegalArgumentException("FILE is \"" + file + "\", must be a file that can be read");
            }
            InetSocketAddress address = start(HostPort.parse("HOST:PORT", args[0]), file);
            System.out.println(
                    "file-server: http://" + HostPort.format(address) + "/" + file.getFileName() + ", " + size(file));
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("file-server: " + e.getMessage());
            System.exit(EXIT_BAD_INPUT);
        }
    }

    private static String size(Path file) throws IOException {
        return Files.size(file) + " bytes";
    }

    private static InetSocketAddress start(InetSocketAddress listen, Path file) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(listen, BACKLOG);
        } catch (IOException e) {
            throw new IOException("HOST:PORT " + HostPort.format(listen) + " cannot be bound: " + e.getMessage(), e);
        }
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", exchange -> answer(exchange, file));
        server.start();
        return server.getAddress();
    }

    private static void answer(HttpExchange exchange, Path file) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                exchange.sendResponseHeaders(HTTP_METHOD_NOT_ALLOWED, EMPTY_BODY);
            } else if (!exchange.getRequestURI().getPath().equals("/" + file.getFileName())) {
                exchange.sendResponseHeaders(HTTP_NOT_FOUND, EMPTY_BODY);
            } else {
                send(exchange, file);
            }
        }
    }

    private static void send(HttpExchange exchange, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long bytes = Files.size(file);
            exchange.sendResponseHeaders(HTTP_OK, bytes == 0 ? EMPTY_BODY : bytes);
            if (bytes > 0) {
                OutputStream out = exchange.getResponseBody();
                in.transferTo(out);
                out.close();
            }
        }
    }
}
