package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the banner shows. spec: tunnel 2.6 */
final class EffectiveTest {

    @Test
    void theClientShowsEverySettingInOrderWithTheKeyMasked() {
        assertThat(ClientCommand.config("-key", "hidden", "-nocomp", "-r", "[::1]:5", "-log", "f")
                        .effective())
                .hasToString(
                        "{smux version=2, listening on=:12948, remote address=[::1]:5, key=***, encryption=aes, QPP=false,"
                                + " mode=fast, nodelay parameters=0 30 2 1, sndwnd=128, rcvwnd=512, compression=none, mtu=1350, ratelimit=0,"
                                + " datashard=10, parityshard=3, acknodelay=false, irtobackoff=1, irtobthresh=32, dscp=0, sockbuf=4194304, tcp=false, smuxbuf=4194304,"
                                + " framesize=8192, streambuf=2097152, keepalive=10, closewait=0, log=f, quiet=false, snmplog=none,"
                                + " snmpperiod=60, pprof=false, conn=1, autoexpire=0, scavengettl=0}");
    }

    @Test
    void theServerShowsEverySettingInOrderWithTheKeyMasked() {
        assertThat(ServerCommand.config("-crypt", "null", "-t", "/s", "-mode", "fast3", "-QPP", "-QPPCount=7")
                        .effective())
                .hasToString("{smux version=2, listening on=:29900, target=/s, key=***, encryption=null,"
                        + " QPP=7 pads, generation C,"
                        + " mode=fast3, nodelay parameters=1 10 2 1, sndwnd=1024, rcvwnd=1024, compression=snappy, mtu=1350, ratelimit=0,"
                        + " datashard=10, parityshard=3, acknodelay=false, irtobackoff=1, irtobthresh=32, dscp=0, sockbuf=4194304, tcp=false, smuxbuf=4194304,"
                        + " framesize=8192, streambuf=2097152, keepalive=10, closewait=30, log=stderr, quiet=false,"
                        + " snmplog=none, snmpperiod=60, pprof=false, strict=false}");
    }
}
