package io.millrace.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Refuses at start every value that upstream would let fail later, or change in silence.
 *
 * <p>spec: tunnel 10
 */
final class Validation {

    /** KCP needs this many bytes of a packet for itself; fewer and upstream falls back to another mtu in silence. */
    static final int MIN_KCP_MTU_BYTES = 50;

    static final int FEC_HEADER_BYTES = 8;
    private static final int MAX_FEC_GROUP = 256;

    private Validation() {}

    /** Rules that need one value only. */
    static void checkEach(LayeredValues values) {
        for (Setting setting : Setting.values()) {
            if (!setting.isFor(values.side())) {
                continue;
            }
            SettingSpec spec = setting.spec();
            SettingValue given = values.get(setting);
            if (given.value() instanceof Long number && (number < spec.min() || number > spec.max())) {
                throw refuse(given, spec.allowedIntegers());
            }
            if (spec.writtenFile() && given.value() instanceof String file && !file.isEmpty()) {
                checkWritable(given, file);
            }
        }
    }

    /** What would fail when the file is opened, perhaps hours later. */
    private static void checkWritable(SettingValue given, String file) {
        try {
            Path path = Path.of(file).toAbsolutePath();
            Path directory = path.getParent();
            if (directory == null || !Files.isDirectory(directory)) {
                throw refuse(given, "a file in a directory that exists");
            }
            if (Files.isDirectory(path) || !Files.isWritable(Files.exists(path) ? path : directory)) {
                throw refuse(given, "a file that may be written");
            }
        } catch (InvalidPathException e) {
            throw refuse(given, "the path of a file");
        }
    }

    /** Rules that tie values together; each has passed {@link #checkEach}. */
    static void checkTogether(LayeredValues values, TunnelSettings settings) {
        int shards = settings.fec().dataShards() + settings.fec().parityShards();
        if (shards > MAX_FEC_GROUP) {
            throw refuse(
                    explicitOne(values, Setting.DATASHARD, Setting.PARITYSHARD),
                    "datashard + parityshard up to " + MAX_FEC_GROUP + ", together they are " + shards);
        }
        int minMtuBytes = MIN_KCP_MTU_BYTES
                + settings.crypt().overheadBytes()
                + (settings.fec().isEnabled() ? FEC_HEADER_BYTES : 0);
        if (settings.kcp().mtuBytes() < minMtuBytes) {
            throw refuse(
                    values.get(Setting.MTU),
                    "an integer " + minMtuBytes + ".." + Setting.MTU.spec().max() + " (bytes) with crypt "
                            + settings.crypt().configName() + " and FEC "
                            + (settings.fec().isEnabled() ? "on" : "off"));
        }
        if (settings.smux().streamBufferBytes() > settings.smux().sessionBufferBytes()) {
            throw refuse(
                    explicitOne(values, Setting.STREAMBUF, Setting.SMUXBUF),
                    "streambuf up to smuxbuf, they are " + settings.smux().streamBufferBytes() + " and "
                            + settings.smux().sessionBufferBytes());
        }
    }

    /** What a setting says that has a few named values. */
    static <E extends Enum<E> & Named> E named(LayeredValues values, Setting setting, Class<E> type) {
        String name = values.text(setting);
        E value = Named.of(type, name);
        if (value == null) {
            List<String> names = Named.names(type);
            throw refuse(values.get(setting), String.join(", ", names) + Spelling.suggestion(name, names, ""));
        }
        return value;
    }

    /** What {@code comp} and its older form {@code nocomp} say together; they may both be given if they agree. */
    static Compression compression(LayeredValues values) {
        SettingValue given = values.get(Setting.COMP);
        Compression compression = named(values, Setting.COMP, Compression.class);
        SettingValue older = values.get(Setting.NOCOMP);
        boolean none = values.flag(Setting.NOCOMP);
        if (!older.isExplicit()) {
            return compression;
        }
        if (given.isExplicit() && none != (compression == Compression.NONE)) {
            throw new ConfigException(given.place() + ": value " + SettingValue.show(given.value()) + " contradicts "
                    + older.place() + ", value " + SettingValue.show(older.value()) + "; give only one of them");
        }
        return none ? Compression.NONE : compression;
    }

    /** Of two settings that clash, the one the user gave; the first if both or neither. */
    private static SettingValue explicitOne(LayeredValues values, Setting first, Setting second) {
        SettingValue value = values.get(first);
        return value.isExplicit() ? value : values.get(second);
    }

    private static ConfigException refuse(SettingValue given, String allowed) {
        return new ConfigException(
                given.place() + ": value " + SettingValue.show(given.value()) + " is not allowed; allowed: " + allowed);
    }
}
