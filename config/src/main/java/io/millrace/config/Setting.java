package io.millrace.config;

import static io.millrace.config.SettingSpec.flag;
import static io.millrace.config.SettingSpec.integer;
import static io.millrace.config.SettingSpec.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one table of everything that can be configured: flags, JSON keys, types, defaults, ranges, help. A new option is a
 * new row here plus its place in a settings record.
 *
 * <p>spec: tunnel 1.1, 1.2
 */
enum Setting {
    LOCALADDR(text("localaddr")
            .alias("l")
            .only(Side.CLIENT)
            .in(SettingGroup.CONNECTION)
            .takes("ADDRESS")
            .byDefault(":12948")
            .says("where applications connect to: [HOST]:PORT, or the path of a unix socket")),
    LISTEN(text("listen")
            .alias("l")
            .only(Side.SERVER)
            .in(SettingGroup.CONNECTION)
            .takes("ADDRESS")
            .byDefault(":29900")
            .says("UDP address to listen on: [HOST]:PORT or [HOST]:MIN-MAX")
            .detail("all ports of the range, up to 1024")),
    REMOTEADDR(text("remoteaddr")
            .alias("r")
            .only(Side.CLIENT)
            .in(SettingGroup.CONNECTION)
            .takes("ADDRESS")
            .byDefault("vps:29900")
            .says("UDP address of the server: HOST:PORT or HOST:MIN-MAX")
            .detail("names are looked up, and of a range one port is drawn, for each session")),
    TARGET(text("target")
            .alias("t")
            .only(Side.SERVER)
            .in(SettingGroup.CONNECTION)
            .takes("ADDRESS")
            .byDefault("127.0.0.1:12948")
            .orPortTable()
            .says("where each stream is connected to: HOST:PORT, or the path of a unix socket")
            .detail("in the file also a table of targets by port, see [above](#several-targets)")),
    KEY(text("key")
            .in(SettingGroup.CONNECTION)
            .takes("SECRET")
            .byDefault(PreSharedKey.DEFAULT_TEXT)
            .secret()
            .mustMatch()
            .says("pre-shared secret; environment variable KCPTUN_KEY")
            .detail("better there or in the file: a flag shows in the process list")),
    CRYPT(
            text("crypt")
                    .in(SettingGroup.CONNECTION)
                    .takes("NAME")
                    .byDefault("aes")
                    .mustMatch()
                    .says("packet cipher: " + String.join(", ", Named.names(CryptName.class)))
                    .detail(
                            "`aes-128-gcm` is the only one that detects every change; `aes` is AES-256; `tea` and `xor` protect little; `none` keeps the checksum, `null` has nothing at all; kcptun knows `aes-128-gcm` since December 2025 and `null` since June 2022")),
    CONN(integer("conn")
            .only(Side.CLIENT)
            .in(SettingGroup.CONNECTION)
            .byDefault(1)
            .range(1, 1024)
            .unit("sessions")
            .says("KCP sessions in the pool")
            .detail("connections are spread over them in turn")),
    AUTOEXPIRE(integer("autoexpire")
            .only(Side.CLIENT)
            .in(SettingGroup.CONNECTION)
            .byDefault(0)
            .range(0, Integer.MAX_VALUE)
            .unit("seconds")
            .says("age at which a session takes no new streams; 0 = never")
            .detail("it closes when its last stream has ended")),
    SCAVENGETTL(integer("scavengettl")
            .only(Side.CLIENT)
            .in(SettingGroup.CONNECTION)
            .byDefault(0)
            .range(0, Integer.MAX_VALUE)
            .unit("seconds")
            .says("limit for the streams of an expired session; 0 = none")
            .detail("streams that are open then are reset, with a warning; kcptun's default is 600")),
    COMP(text("comp")
            .in(SettingGroup.CONNECTION)
            .takes("NAME")
            .byDefault("snappy")
            .says("compression: " + String.join(", ", Named.names(Compression.class)))
            .detail("a Millrace server takes what the client has; towards a kcptun server it must be the server's, and"
                    + " kcptun knows `snappy` (its default) and `none` (its `nocomp`)")),
    NOCOMP(flag("nocomp").in(SettingGroup.CONNECTION).says("no compression, the same as comp none")),
    STRICT(flag("strict")
            .only(Side.SERVER)
            .in(SettingGroup.CONNECTION)
            .says("refuse sessions with another smuxver or comp than here")
            .detail("without it the server reads both off the first bytes of each session and answers in kind")),
    CLOSEWAIT(integer("closewait")
            .in(SettingGroup.CONNECTION)
            .byDefault(0, 30)
            .range(0, Integer.MAX_VALUE)
            .unit("seconds")
            .says("how long a half-closed connection waits for the other end, 0 = not at all")
            .detail("see [Half-closed connections](#half-closed-connections)")),

    MODE(text("mode")
            .in(SettingGroup.MODE)
            .takes("NAME")
            .byDefault("fast")
            .says("profile: " + String.join(", ", Named.names(Mode.class)))),
    ACKNODELAY(
            flag("acknodelay").in(SettingGroup.MODE).says("send acknowledgements at once (more packets, less delay)")),
    IRTOBACKOFF(integer("irtobackoff")
            .in(SettingGroup.MODE)
            .byDefault(1)
            .range(0, 16)
            .says("a packet's first timeout is RTO x (1 + 2^-N), 0 = the RTO itself")
            .detail("saves useless retransmissions, see [Retransmission](retransmission.md)")),
    IRTOBTHRESH(integer("irtobthresh")
            .in(SettingGroup.MODE)
            .byDefault(32)
            .range(0, 65535)
            .unit("packets")
            .says("irtobackoff applies from so many packets in flight on")),

    NODELAY(integer("nodelay")
            .in(SettingGroup.MANUAL)
            .byDefault(0)
            .range(0, Integer.MAX_VALUE)
            .says("0 = minimum RTO 100 ms, 1 = 30 ms")),
    INTERVAL(integer("interval")
            .in(SettingGroup.MANUAL)
            .byDefault(50)
            .range(0, Integer.MAX_VALUE)
            .unit("ms")
            .says("flush interval; kept within 10..5000")),
    RESEND(integer("resend")
            .in(SettingGroup.MANUAL)
            .byDefault(0)
            .range(0, Integer.MAX_VALUE)
            .unit("ACKs")
            .says("skipped acknowledgements before a fast resend, 0 = off")),
    NC(integer("nc")
            .in(SettingGroup.MANUAL)
            .byDefault(0)
            .range(0, Integer.MAX_VALUE)
            .says("0 = congestion control on, 1 = off")),

    MTU(integer("mtu")
            .in(SettingGroup.WINDOWS)
            .byDefault(1350)
            .range(50, 1500)
            .unit("bytes")
            .says("largest UDP payload, crypt and FEC headers included")
            .detail("the least is 50, and for the cipher 20 (`aes-128-gcm` 28, `null` 0), and 8 with FEC")),
    SNDWND(
            integer("sndwnd")
                    .in(SettingGroup.WINDOWS)
                    .byDefault(128, 1024)
                    .range(1, 65535)
                    .unit("packets")
                    .says("send window")
                    .detail(
                            "the most that is under way; with the round trip it limits the rate, see [Tuning](../README.md#tuning)")),
    RCVWND(integer("rcvwnd")
            .in(SettingGroup.WINDOWS)
            .byDefault(512, 1024)
            .range(1, 65535)
            .unit("packets")
            .says("receive window")
            .detail("at least twice the `sndwnd` of the other end")),
    DSCP(integer("dscp")
            .in(SettingGroup.WINDOWS)
            .byDefault(0)
            .range(0, 63)
            .says("DSCP mark of the packets")
            .detail("IPv4 and IPv6")),
    SOCKBUF(integer("sockbuf")
            .in(SettingGroup.WINDOWS)
            .byDefault(4194304)
            .range(1, Integer.MAX_VALUE)
            .unit("bytes")
            .says("UDP socket buffer, each direction")
            .detail("the kernel may grant less")),
    RATELIMIT(
            integer("ratelimit")
                    .in(SettingGroup.WINDOWS)
                    .byDefault(0)
                    .range(0, Integer.MAX_VALUE)
                    .unit("bytes/s")
                    .says("most that each session sends, 0 = no limit")
                    .detail(
                            "counts the packets whole, parity and repeated ones too; the client's is for upload, the server's for download")),
    TCP(flag("tcp")
            .in(SettingGroup.WINDOWS)
            .says("disguise packets as TCP (Linux, Java 22 or newer, root); a server takes both kinds then")
            .detail("see [Where UDP is blocked](../README.md#where-udp-is-blocked)")),

    DATASHARD(
            integer("datashard")
                    .alias("ds")
                    .in(SettingGroup.FEC)
                    .byDefault(10)
                    .range(0, 256)
                    .unit("packets")
                    .mustMatch()
                    .says("data shards of a group; 0 = FEC off")
                    .detail(
                            "towards a kcptun from 2021 other numbers can corrupt data, see [README](../README.md#working-with-kcptun); between two Millraces they may differ")),
    PARITYSHARD(integer("parityshard")
            .alias("ps")
            .in(SettingGroup.FEC)
            .byDefault(3)
            .range(0, 256)
            .unit("packets")
            .mustMatch()
            .says("parity shards of a group; 0 = FEC off")
            .detail("`datashard` and `parityshard` together are at most 256")),

    SMUXVER(integer("smuxver")
            .in(SettingGroup.SMUX)
            .byDefault(2)
            .range(1, 2)
            .says("protocol version; kcptun up to November 2025 has 1 by default")
            .detail("a Millrace server takes what the client has; towards a kcptun server it must be the server's")),
    SMUXBUF(integer("smuxbuf")
            .in(SettingGroup.SMUX)
            .byDefault(4194304)
            .range(1, Integer.MAX_VALUE)
            .unit("bytes")
            .says("receive buffer of a session")),
    STREAMBUF(integer("streambuf")
            .in(SettingGroup.SMUX)
            .byDefault(2097152)
            .range(1, Integer.MAX_VALUE)
            .unit("bytes")
            .says("receive window of a stream (smuxver 2); at most smuxbuf")),
    FRAMESIZE(integer("framesize")
            .in(SettingGroup.SMUX)
            .byDefault(8192)
            .range(1, 65535)
            .unit("bytes")
            .says("largest payload of a frame sent")),
    KEEPALIVE(integer("keepalive")
            .in(SettingGroup.SMUX)
            .byDefault(10)
            .range(1, SmuxSettings.KEEP_ALIVE_TIMEOUT_SECONDS)
            .unit("seconds")
            .says("time between keep-alive frames")
            .detail("a session that is silent for 30 to 60 s ends")),

    QPP(flag("QPP")
            .jsonKey("qpp")
            .in(SettingGroup.QPP)
            .mustMatch()
            .says("a second cipher over each stream, beside crypt")
            .detail("see [Quantum permutation pad](#quantum-permutation-pad)")),
    QPP_COUNT(integer("QPPCount")
            .jsonKey("qpp-count")
            .in(SettingGroup.QPP)
            .byDefault(61)
            .range(1, 65535)
            .unit("pads")
            .mustMatch()
            .says("number of pads")
            .detail("best a prime number from 7 on; 512 bytes of memory each")),
    QPP_GENERATION(text("qpp-generation")
            .in(SettingGroup.QPP)
            .takes("LETTER")
            .byDefault("C")
            .mustMatch()
            .says("how the pads are made: " + String.join(", ", Named.names(QppGeneration.class)))
            .detail("A: kcptun from July 2024 on, B: from 18 December 2025, C: from 22 December 2025")),

    LOG(text("log")
            .in(SettingGroup.LOGGING)
            .writtenFile()
            .byDefault("")
            .says("file the log is appended to; empty = standard error")),
    QUIET(flag("quiet").in(SettingGroup.LOGGING).says("leave out the lines about single streams")),
    SNMPLOG(text("snmplog")
            .in(SettingGroup.LOGGING)
            .writtenFile()
            .byDefault("")
            .says("CSV file of the KCP counters; a Go time layout in the file name begins new files")
            .detail("see [Counters](operations.md#counters)")),
    SNMPPERIOD(integer("snmpperiod")
            .in(SettingGroup.LOGGING)
            .byDefault(60)
            .range(0, Integer.MAX_VALUE)
            .unit("seconds")
            .says("time between rows of snmplog, 0 = none")),
    PPROF(flag("pprof")
            .in(SettingGroup.LOGGING)
            .says("thread dumps and flight recordings on http://127.0.0.1:6060/")
            .detail("see [Profiling](operations.md#profiling)")),

    CONFIG_FILE(text("c")
            .noJson()
            .in(SettingGroup.GENERAL)
            .takes("FILE")
            .byDefault("")
            .says("JSON file with the same names as keys; it wins over flags")),
    CHECK_CONFIG(flag("check-config")
            .noJson()
            .in(SettingGroup.GENERAL)
            .says("print every setting's value and where it came from, and exit; status 2 if one is wrong")),
    HELP(flag("help").alias("h").noJson().in(SettingGroup.GENERAL).says("print this text and exit")),
    VERSION(flag("version").alias("v").noJson().in(SettingGroup.GENERAL).says("print the version and exit"));

    // Immutable in fact: its lists are copies.
    @SuppressWarnings("ImmutableEnumChecker")
    private final SettingSpec spec;

    Setting(SettingSpec.Builder builder) {
        this.spec = builder.build();
    }

    SettingSpec spec() {
        return spec;
    }

    boolean isFor(Side side) {
        return spec.side() == null || spec.side() == side;
    }

    /** The row a flag name stands for, or null; names are case-sensitive. */
    static @Nullable Setting byFlag(Side side, String name) {
        for (Setting setting : values()) {
            if (setting.isFor(side)
                    && (setting.spec.name().equals(name)
                            || setting.spec.aliases().contains(name))) {
                return setting;
            }
        }
        return null;
    }

    /** The row a JSON key stands for, or null; letter case does not matter (spec: tunnel 1.5). */
    static @Nullable Setting byJsonKey(Side side, String key) {
        for (Setting setting : values()) {
            String jsonKey = setting.spec.jsonKey();
            if (setting.isFor(side) && jsonKey != null && jsonKey.equalsIgnoreCase(key)) {
                return setting;
            }
        }
        return null;
    }

    /** All flag names of a side, for suggestions. */
    static List<String> flagNames(Side side) {
        List<String> names = new ArrayList<>();
        for (Setting setting : values()) {
            if (setting.isFor(side)) {
                names.add(setting.spec.name());
                names.addAll(setting.spec.aliases());
            }
        }
        return names;
    }

    /** All JSON keys of a side, for suggestions. */
    static List<String> jsonKeys(Side side) {
        List<String> keys = new ArrayList<>();
        for (Setting setting : values()) {
            String jsonKey = setting.spec.jsonKey();
            if (setting.isFor(side) && jsonKey != null) {
                keys.add(jsonKey);
            }
        }
        return keys;
    }
}
