package io.millrace.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The server's command line. Prints nothing and exits nothing: that is left to the caller. */
public final class ServerCommand {

    private ServerCommand() {}

    /**
     * Reads command line, environment and JSON file.
     *
     * <p>spec: tunnel 1.3, 1.4
     *
     * @param args as given to {@code main}
     * @param environment only {@code KCPTUN_KEY} is looked at
     */
    public static Outcome<ServerConfig> parse(String[] args, Map<String, String> environment) {
        return CommandParser.parse(Side.SERVER, Arrays.asList(args), environment, Assembly::server);
    }

    /**
     * The configuration of the given flags, without the environment.
     *
     * @throws ConfigException if something about them is wrong
     */
    public static ServerConfig config(String... args) {
        return CommandParser.load(Side.SERVER, List.of(args), Map.of(), Assembly::server)
                .config();
    }
}
