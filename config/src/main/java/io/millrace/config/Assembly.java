package io.millrace.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the configuration records from the layered values: validates, applies the mode profile, collects warnings.
 *
 * <p>spec: tunnel 1.4, 1.6, 2.7, 10
 */
final class Assembly {

    private static final int TCP_IPV4_HEADER_BYTES = 20 + 32;
    private static final int TCP_IPV6_HEADER_BYTES = 40 + 32;
    /** What an Ethernet carries with the disguise around it. spec: tunnel 7.6 */
    private static final int MAX_TCP_MTU_BYTES = 1500 - TCP_IPV6_HEADER_BYTES;

    private static final int MIN_INTERVAL_MS = 10;
    private static final int MAX_INTERVAL_MS = 5000;

    /** What the pads ask of a key, and how many there should be. spec: tunnel 6.6, 6.8 */
    private static final int QPP_KEY_BYTES = 211;

    private static final int QPP_PADS = 7;

    private final LayeredValues values;
    private final List<String> warnings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Assembly(LayeredValues values) {
        this.values = values;
        warnings.addAll(values.warnings());
        notes.addAll(values.notes());
    }

    List<String> warnings() {
        return warnings;
    }

    List<String> notes() {
        return notes;
    }

    /** The values as they are used, once the configuration has been made. */
    LayeredValues values() {
        return values;
    }

    ClientConfig client() {
        Validation.checkEach(values);
        Endpoint local = tcpOrUnix(values.get(Setting.LOCALADDR).place(), values.text(Setting.LOCALADDR), true);
        HostPorts remote = udp(Setting.REMOTEADDR, false);
        TunnelSettings tunnel = tunnel();
        if (!values.get(Setting.REMOTEADDR).isExplicit()) {
            warnings.add("no server is given; " + remote + " is only kcptun's placeholder, set remoteaddr");
        }
        return new ClientConfig(local, remote, pool(), tunnel);
    }

    ServerConfig server() {
        Validation.checkEach(values);
        HostPorts listen = udp(Setting.LISTEN, true);
        return new ServerConfig(listen, targets(listen.ports()), values.flag(Setting.STRICT), tunnel());
    }

    private PoolSettings pool() {
        PoolSettings pool = new PoolSettings(
                values.integer(Setting.CONN), values.integer(Setting.AUTOEXPIRE), values.integer(Setting.SCAVENGETTL));
        if (pool.autoExpireSeconds() > 0 && pool.scavengeTtlSeconds() > pool.autoExpireSeconds()) {
            warnings.add(values.get(Setting.SCAVENGETTL).place() + ": value " + pool.scavengeTtlSeconds()
                    + " is above autoexpire; sessions of several ages will share the bandwidth");
        }
        return pool;
    }

    private TunnelSettings tunnel() {
        CryptName crypt = Validation.named(values, Setting.CRYPT, CryptName.class);
        Mode mode = Validation.named(values, Setting.MODE, Mode.class);
        TunnelSettings tunnel = new TunnelSettings(
                PreSharedKey.of(values.text(Setting.KEY)),
                crypt,
                new QppSettings(
                        values.flag(Setting.QPP),
                        values.integer(Setting.QPP_COUNT),
                        Validation.named(values, Setting.QPP_GENERATION, QppGeneration.class)),
                compression(),
                mode,
                kcp(mode),
                new FecSettings(values.integer(Setting.DATASHARD), values.integer(Setting.PARITYSHARD)),
                new SmuxSettings(
                        values.integer(Setting.SMUXVER),
                        values.integer(Setting.SMUXBUF),
                        values.integer(Setting.STREAMBUF),
                        values.integer(Setting.FRAMESIZE),
                        values.integer(Setting.KEEPALIVE)),
                new UdpSettings(
                        values.integer(Setting.DSCP), values.integer(Setting.SOCKBUF), values.flag(Setting.TCP)),
                new RelaySettings(values.integer(Setting.CLOSEWAIT)),
                new LogSettings(
                        Optional.of(values.text(Setting.LOG)).filter(file -> !file.isEmpty()),
                        values.flag(Setting.QUIET)),
                new DiagnosticsSettings(
                        Optional.of(values.text(Setting.SNMPLOG)).filter(file -> !file.isEmpty()),
                        values.integer(Setting.SNMPPERIOD),
                        values.flag(Setting.PPROF)));
        Validation.checkTogether(values, tunnel);
        warnOfKey(tunnel.key());
        adviseOnCrypt(crypt);
        warnOfQpp(tunnel);
        warnOfTcp(tunnel);
        return tunnel;
    }

    /** Of {@code comp} and {@code nocomp}, the one that is not given says what the other does. */
    private Compression compression() {
        Compression compression = Validation.compression(values);
        if (compression == Compression.NONE && !values.get(Setting.COMP).isExplicit()) {
            values.imply(Setting.NOCOMP, Setting.COMP, compression.configName());
        } else if (compression == Compression.NONE
                && !values.get(Setting.NOCOMP).isExplicit()) {
            values.imply(Setting.COMP, Setting.NOCOMP, true);
        }
        return compression;
    }

    private KcpSettings kcp(Mode mode) {
        if (mode == Mode.MANUAL) {
            int intervalMs = values.integer(Setting.INTERVAL);
            int within = Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, intervalMs));
            if (within != intervalMs) {
                warnings.add(values.get(Setting.INTERVAL).place() + ": value " + intervalMs + " is outside "
                        + MIN_INTERVAL_MS + ".." + MAX_INTERVAL_MS + " ms; " + within + " is used");
                values.adjust(Setting.INTERVAL, within);
            }
        } else {
            warnOfProfile(mode);
            values.applyProfile(mode);
        }
        return new KcpSettings(
                values.integer(Setting.NODELAY),
                values.integer(Setting.INTERVAL),
                values.integer(Setting.RESEND),
                values.integer(Setting.NC),
                values.integer(Setting.MTU),
                values.integer(Setting.SNDWND),
                values.integer(Setting.RCVWND),
                values.flag(Setting.ACKNODELAY),
                values.integer(Setting.IRTOBACKOFF),
                values.integer(Setting.IRTOBTHRESH),
                values.integer(Setting.RATELIMIT));
    }

    /** The profile wins over given values; say so where it changes one. */
    private void warnOfProfile(Mode mode) {
        List<String> lost = new ArrayList<>();
        mode.profile().forEach((setting, value) -> noteLost(lost, setting, value));
        if (!lost.isEmpty()) {
            warnings.add("mode " + mode.configName() + " overrides " + String.join(", ", lost)
                    + "; use mode manual to set these yourself");
        }
    }

    private void noteLost(List<String> lost, Setting setting, int profileValue) {
        SettingValue given = values.get(setting);
        if (given.isExplicit() && values.integer(setting) != profileValue) {
            lost.add(setting.spec().name() + " " + given.value() + " (now " + profileValue + ")");
        }
    }

    private void warnOfKey(PreSharedKey key) {
        SettingValue given = values.get(Setting.KEY);
        if (key.isDefault()) {
            warnings.add("the key is kcptun's default, which everybody knows; set key or KCPTUN_KEY on both ends");
        } else if (key.isEmpty()) {
            warnings.add(given.place() + ": the key is empty; set key or KCPTUN_KEY on both ends");
        } else if (given.origin() == SettingValue.Origin.FLAG) {
            warnings.add(given.place() + ": others on this machine can see the key in the process list;"
                    + " KCPTUN_KEY or the JSON file hide it");
        }
        if (values.text(Setting.KEY).indexOf('\ufffd') >= 0) {
            warnings.add(given.place() + ": the key holds characters that could not be read"
                    + " (not UTF-8, or a locale without them), so it will not match the peer's");
        }
    }

    /** One line for every cipher but the one that needs none. */
    private void adviseOnCrypt(CryptName crypt) {
        String name = values.get(Setting.CRYPT).place() + ": " + crypt.configName();
        switch (crypt) {
            case AES_128_GCM -> {}
            case NONE, NULL ->
                warnings.add(name + " means no encryption; everybody on the way can read and change the traffic");
            case XOR ->
                warnings.add(name + " puts the same bytes over every packet; whoever sees two can read them, take aes");
            case TEA ->
                warnings.add(name + " runs a quarter of TEA's cycles, fewer than are known to be safe; take aes");
            default ->
                notes.add("crypt " + crypt.configName() + " hides the traffic but does not notice every change of it;"
                        + " aes-128-gcm does, if both ends know it (Millrace, kcptun since December 2025)");
        }
    }

    private void warnOfTcp(TunnelSettings tunnel) {
        int mtuBytes = tunnel.kcp().mtuBytes();
        if (tunnel.udp().tcp() && mtuBytes > MAX_TCP_MTU_BYTES) {
            warnings.add(values.get(Setting.MTU).place() + ": value " + mtuBytes + " with tcp makes packets of "
                    + (mtuBytes + TCP_IPV6_HEADER_BYTES) + " bytes over IPv6 and " + (mtuBytes + TCP_IPV4_HEADER_BYTES)
                    + " over IPv4; most networks carry 1500, hence up to " + MAX_TCP_MTU_BYTES + " fits both");
        }
    }

    /** The target of each listening port: the same for all, or by a table that must say it for each of them. */
    private TargetTable targets(PortRange listening) {
        SettingValue given = values.get(Setting.TARGET);
        if (!(given.value() instanceof PortTable table)) {
            return TargetTable.everyPort(tcpOrUnix(given.place(), values.text(Setting.TARGET), false));
        }
        List<TargetTable.Row> rows = new ArrayList<>();
        for (PortTable.Row row : table.rows()) {
            PortRange ports = PortRange.parse(row.ports());
            if (ports == null) {
                throw new ConfigException(row.place() + ": " + Echo.quoted(row.ports())
                        + " is not allowed; allowed: a port 1..65535, or MIN-MAX of such, MIN not above MAX");
            }
            for (TargetTable.Row earlier : rows) {
                if (earlier.ports().overlaps(ports)) {
                    throw new ConfigException(row.place() + ": ports " + earlier.ports() + " and " + ports
                            + " overlap; allowed: one target for each port");
                }
            }
            if (!ports.overlaps(listening)) {
                warnings.add(row.place() + ": nothing is listened on there, listen says " + listening);
            }
            rows.add(new TargetTable.Row(ports, tcpOrUnix(row.place(), row.value(), false)));
        }
        TargetTable targets = new TargetTable(rows);
        for (int port = listening.first(); port <= listening.last(); port++) {
            if (targets.targetOf(port) == null) {
                throw new ConfigException(given.place() + ": port " + port
                        + " has no target; allowed: a table with a target for each port of listen, " + listening);
            }
        }
        return targets;
    }

    /** As upstream does. */
    private void warnOfQpp(TunnelSettings tunnel) {
        QppSettings qpp = tunnel.qpp();
        if (!qpp.enabled()) {
            return;
        }
        if (tunnel.key().bytes().length < QPP_KEY_BYTES) {
            warnings.add("QPP is on and the key has less than the " + QPP_KEY_BYTES
                    + " bytes that it needs to be as strong as it is meant to be");
        }
        if (qpp.padCount() < QPP_PADS) {
            warnings.add(values.get(Setting.QPP_COUNT).place() + ": " + qpp.padCount() + " pads are few, take "
                    + QPP_PADS + " or more");
        }
        if (qpp.padCount() % 2 == 0) {
            warnings.add(values.get(Setting.QPP_COUNT).place() + ": an even number of pads is weaker, take a prime");
        }
    }

    private Endpoint tcpOrUnix(String place, String text, boolean listens) {
        Endpoint endpoint;
        try {
            endpoint = Endpoints.tcpOrUnix(text, listens);
        } catch (Endpoints.BadAddressException e) {
            throw badAddress(place, text, e);
        }
        if (endpoint instanceof Endpoint.UnixPath unix && !unix.isAbstract()) {
            String value = place + ": value " + Echo.quoted(text);
            if (text.indexOf('/') < 0 && !text.startsWith(Endpoints.UNIX_PREFIX)) {
                warnings.add(value + " is taken for the path of a unix socket; for TCP write HOST:PORT"
                        + (text.indexOf(':') >= 0 ? ", an IPv6 address in brackets" : ""));
            } else if (!listens && !exists(unix.path())) {
                warnings.add(value + " is taken for the path of a unix socket, and there is none now");
            }
        }
        return endpoint;
    }

    private static boolean exists(String path) {
        try {
            return Files.exists(Path.of(path));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private HostPorts udp(Setting setting, boolean listens) {
        try {
            return Endpoints.udp(values.text(setting), listens);
        } catch (Endpoints.BadAddressException e) {
            throw badAddress(values.get(setting).place(), values.text(setting), e);
        }
    }

    private static ConfigException badAddress(String place, String text, Endpoints.BadAddressException e) {
        return new ConfigException(place + ": value " + Echo.quoted(text) + " is not allowed; " + e.getMessage());
    }
}
