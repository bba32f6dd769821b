package io.millrace.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The client's command line. Prints nothing and exits nothing: that is left to the caller. */
public final class ClientCommand {

    private ClientCommand() {}

    /**
     * Reads command line, environment and JSON file.
     *
     * <p>spec: tunnel 1.3, 1.4
     *
     * @param args as given to {@code main}
     * @param environment only {@code KCPTUN_KEY} is looked at
     */
    public static Outcome<ClientConfig> parse(String[] args, Map<String, String> environment) {
        return CommandParser.parse(Side.CLIENT, Arrays.asList(args), environment, Assembly::client);
    }

    /**
     * The configuration of the given flags, without the environment.
     *
     * @throws ConfigException if something about them is wrong
     */
    public static ClientConfig config(String... args) {
        return CommandParser.load(Side.CLIENT, List.of(args), Map.of(), Assembly::client)
                .config();
    }
}
