package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The option table against the specification's. spec: tunnel 1.1, 1.2 */
final class SettingTest {

    /**
     * flag (aliases) type default key, as the specification lists them, and ours. But scavengettl's 600 would cut live streams.
     */
    private static final String CLIENT = """
            localaddr [l] TEXT :12948 localaddr
            remoteaddr [r] TEXT vps:29900 remoteaddr
            key [] TEXT it's a secrect key
            crypt [] TEXT aes crypt
            conn [] INTEGER 1 conn
            autoexpire [] INTEGER 0 autoexpire
            scavengettl [] INTEGER 0 scavengettl
            comp [] TEXT snappy comp
            nocomp [] BOOLEAN false nocomp
            closewait [] INTEGER 0 closewait
            mode [] TEXT fast mode
            acknodelay [] BOOLEAN false acknodelay
            irtobackoff [] INTEGER 1 irtobackoff
            irtobthresh [] INTEGER 32 irtobthresh
            nodelay [] INTEGER 0 nodelay
            interval [] INTEGER 50 interval
            resend [] INTEGER 0 resend
            nc [] INTEGER 0 nc
            mtu [] INTEGER 1350 mtu
            sndwnd [] INTEGER 128 sndwnd
            rcvwnd [] INTEGER 512 rcvwnd
            dscp [] INTEGER 0 dscp
            sockbuf [] INTEGER 4194304 sockbuf
            ratelimit [] INTEGER 0 ratelimit
            tcp [] BOOLEAN false tcp
            datashard [ds] INTEGER 10 datashard
            parityshard [ps] INTEGER 3 parityshard
            smuxver [] INTEGER 2 smuxver
            smuxbuf [] INTEGER 4194304 smuxbuf
            streambuf [] INTEGER 2097152 streambuf
            framesize [] INTEGER 8192 framesize
            keepalive [] INTEGER 10 keepalive
            QPP [] BOOLEAN false qpp
            QPPCount [] INTEGER 61 qpp-count
            qpp-generation [] TEXT C qpp-generation
            log [] TEXT  log
            quiet [] BOOLEAN false quiet
            snmplog [] TEXT  snmplog
            snmpperiod [] INTEGER 60 snmpperiod
            pprof [] BOOLEAN false pprof
            c [] TEXT  null
            check-config [] BOOLEAN false null
            help [h] BOOLEAN false null
            version [v] BOOLEAN false null
            """;

    private static List<String> rows(Side side) {
        List<String> rows = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            SettingSpec spec = setting.spec();
            if (setting.isFor(side)) {
                rows.add(spec.name() + " " + spec.aliases() + " " + spec.type() + " " + spec.defaultFor(side) + " "
                        + spec.jsonKey());
            }
        }
        return rows;
    }

    @Test
    void theClientHasAllFlagsOfTheSpecification() {
        assertThat(rows(Side.CLIENT)).containsExactlyElementsOf(CLIENT.lines().toList());
    }

    @Test
    void theServerDiffersWhereTheSpecificationSays() {
        List<String> expected = new ArrayList<>(CLIENT.lines()
                .filter(row ->
                        !row.matches("(localaddr|remoteaddr|conn|autoexpire|scavengettl|sndwnd|rcvwnd|closewait) .*"))
                .toList());
        expected.addAll(List.of(
                "listen [l] TEXT :29900 listen",
                "strict [] BOOLEAN false strict",
                "target [t] TEXT 127.0.0.1:12948 target",
                "sndwnd [] INTEGER 1024 sndwnd",
                "rcvwnd [] INTEGER 1024 rcvwnd",
                "closewait [] INTEGER 30 closewait"));
        assertThat(rows(Side.SERVER)).containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void noNameStandsForTwoSettings(Side side) {
        Set<String> names = new HashSet<>();
        assertThat(Setting.flagNames(side)).allMatch(names::add);
        Set<String> keys = new HashSet<>();
        assertThat(Setting.jsonKeys(side)).allMatch(keys::add);
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreSound(Setting setting) {
        SettingSpec spec = setting.spec();
        assertThat(spec.description()).isNotBlank();
        for (Side side : Side.values()) {
            Object value = spec.defaultFor(side);
            assertThat(value)
                    .isInstanceOf(
                            switch (spec.type()) {
                                case TEXT -> String.class;
                                case INTEGER -> Long.class;
                                case BOOLEAN -> Boolean.class;
                            });
            if (value instanceof Long number) {
                assertThat(number).isBetween(spec.min(), spec.max());
            }
            if (spec.type() == SettingSpec.Type.INTEGER) {
                assertThat(spec.min()).isNotNegative();
                assertThat(spec.max()).isLessThanOrEqualTo(Integer.MAX_VALUE);
            }
        }
    }

    @Test
    void onlyWhatTheSpecificationNamesMustMatch() {
        assertThat(Setting.values())
                .filteredOn(setting -> setting.spec().mustMatch())
                .containsExactly(
                        Setting.KEY,
                        Setting.CRYPT,
                        Setting.DATASHARD,
                        Setting.PARITYSHARD,
                        Setting.QPP,
                        Setting.QPP_COUNT,
                        Setting.QPP_GENERATION);
    }
}
