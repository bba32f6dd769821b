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

    private static final int MIN_INTERVAL_MS = 10;
    private static final int MAX_INTERVAL_MS = 5000;

    private final LayeredValues values;
    private final List<String> warnings = new ArrayList<>();

    Assembly(LayeredValues values) {
        this.values = values;
        warnings.addAll(values.warnings());
    }

    List<String> warnings() {
        return warnings;
    }

    ClientConfig client() {
        Validation.checkEach(values);
        Endpoint local = tcpOrUnix(Setting.LOCALADDR, true);
        Endpoint.HostPort remote = udp(Setting.REMOTEADDR, false);
        TunnelSettings tunnel = tunnel();
        if (!values.get(Setting.REMOTEADDR).isExplicit()) {
            warnings.add("no server is given; " + remote + " is only kcptun's placeholder, set remoteaddr");
        }
        return new ClientConfig(local, remote, values.integer(Setting.CONN), tunnel);
    }

    ServerConfig server() {
        Validation.checkEach(values);
        Endpoint.HostPort listen = udp(Setting.LISTEN, true);
        Endpoint target = tcpOrUnix(Setting.TARGET, false);
        return new ServerConfig(listen, target, tunnel());
    }

    private TunnelSettings tunnel() {
        CryptName crypt = Validation.crypt(values);
        Mode mode = Validation.mode(values);
        TunnelSettings tunnel = new TunnelSettings(
                PreSharedKey.of(values.text(Setting.KEY)),
                crypt,
                !values.flag(Setting.NOCOMP),
                mode,
                kcp(mode),
                new FecSettings(values.integer(Setting.DATASHARD), values.integer(Setting.PARITYSHARD)),
                new SmuxSettings(
                        values.integer(Setting.SMUXVER),
                        values.integer(Setting.SMUXBUF),
                        values.integer(Setting.STREAMBUF),
                        values.integer(Setting.FRAMESIZE),
                        values.integer(Setting.KEEPALIVE)),
                new UdpSettings(values.integer(Setting.DSCP), values.integer(Setting.SOCKBUF)),
                new LogSettings(
                        Optional.of(values.text(Setting.LOG)).filter(file -> !file.isEmpty()),
                        values.flag(Setting.QUIET)));
        Validation.checkTogether(values, tunnel);
        warnOfKey(tunnel.key());
        warnOfCrypt(crypt);
        if (!values.get(Setting.SMUXVER).isExplicit()) {
            warnings.add(
                    "smuxver is not given and is " + tunnel.smux().version()
                            + "; a kcptun peer from before December 2025 has 1 by default, set smuxver to the same on both ends");
        }
        return tunnel;
    }

    private KcpSettings kcp(Mode mode) {
        int nodelay = values.integer(Setting.NODELAY);
        int intervalMs = values.integer(Setting.INTERVAL);
        int resend = values.integer(Setting.RESEND);
        int nc = values.integer(Setting.NC);
        if (mode == Mode.MANUAL) {
            int within = Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, intervalMs));
            if (within != intervalMs) {
                warnings.add(values.get(Setting.INTERVAL).place() + ": value " + intervalMs + " is outside "
                        + MIN_INTERVAL_MS + ".." + MAX_INTERVAL_MS + " ms; " + within + " is used");
            }
            intervalMs = within;
        } else {
            warnOfProfile(mode);
            nodelay = mode.nodelay();
            intervalMs = mode.intervalMs();
            resend = mode.resend();
            nc = mode.nc();
        }
        return new KcpSettings(
                nodelay,
                intervalMs,
                resend,
                nc,
                values.integer(Setting.MTU),
                values.integer(Setting.SNDWND),
                values.integer(Setting.RCVWND),
                values.flag(Setting.ACKNODELAY),
                values.integer(Setting.RATELIMIT));
    }

    /** The profile wins over given values; say so where it changes one. */
    private void warnOfProfile(Mode mode) {
        List<String> lost = new ArrayList<>();
        noteLost(lost, Setting.NODELAY, mode.nodelay());
        noteLost(lost, Setting.INTERVAL, mode.intervalMs());
        noteLost(lost, Setting.RESEND, mode.resend());
        noteLost(lost, Setting.NC, mode.nc());
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

    private void warnOfCrypt(CryptName crypt) {
        if (crypt.isPlaintext()) {
            warnings.add(values.get(Setting.CRYPT).place() + ": " + crypt.configName()
                    + " means no encryption; everybody on the way can read and change the traffic");
        }
    }

    private Endpoint tcpOrUnix(Setting setting, boolean listens) {
        String text = values.text(setting);
        Endpoint endpoint;
        try {
            endpoint = Endpoints.tcpOrUnix(text, listens);
        } catch (Endpoints.BadAddressException e) {
            throw badAddress(setting, e);
        }
        if (endpoint instanceof Endpoint.UnixPath path && !path.isAbstract()) {
            String place = values.get(setting).place() + ": value " + Echo.quoted(text);
            if (text.indexOf('/') < 0) {
                warnings.add(place + " is taken for the path of a unix socket; for TCP write HOST:PORT"
                        + (text.indexOf(':') >= 0 ? ", an IPv6 address in brackets" : ""));
            } else if (!listens && !exists(text)) {
                warnings.add(place + " is taken for the path of a unix socket, and there is none now");
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

    private Endpoint.HostPort udp(Setting setting, boolean listens) {
        try {
            return Endpoints.udp(values.text(setting), listens);
        } catch (Endpoints.BadAddressException e) {
            throw badAddress(setting, e);
        }
    }

    private ConfigException badAddress(Setting setting, Endpoints.BadAddressException e) {
        return new ConfigException(values.get(setting).place() + ": value " + Echo.quoted(values.text(setting))
                + " is not allowed; " + e.getMessage());
    }
}
