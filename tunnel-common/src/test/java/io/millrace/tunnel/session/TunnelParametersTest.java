package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.config.TunnelSettings;
import io.millrace.kcp.DatagramOptions;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.RtoSlack;
import io.millrace.kcp.session.SessionConfig;
import io.millrace.smux.SmuxConfig;
import org.junit.jupiter.api.Test;

/** What the user sets reaches the layer it is for. */
class TunnelParametersTest {
    private static RtoSlack slack(TunnelSettings settings) {
        TunnelParameters parameters = new TunnelParameters(settings);
        return parameters.kcp().kcpConfig(parameters.newCipher()).rtoSlack();
    }

    @Test
    void irtobackoffAndIrtobthreshAreTheSlackOfFirstTimeouts() {
        assertThat(slack(ClientCommand.config("-irtobackoff", "2", "-irtobthresh", "100")
                        .tunnel()))
                .isEqualTo(new RtoSlack(2, 100));
        assertThat(slack(ServerCommand.config("-irtobackoff=0").tunnel())).isEqualTo(new RtoSlack(0, 32));
        assertThat(slack(ServerCommand.config().tunnel())).isEqualTo(new RtoSlack(1, 32));
    }

    @Test
    void whatSessionsDo() {
        assertThat(new TunnelParameters(ClientCommand.config(
                                        "-acknodelay", "-ratelimit", "50000", "-mtu", "1200", "-mode", "fast3")
                                .tunnel())
                        .kcp())
                .isEqualTo(new SessionConfig(
                        new KcpConfig(1200, 128, 512, true, 10, 2, false, true, new RtoSlack(1, 32)), 10, 3, 50_000));
        assertThat(new TunnelParameters(ClientCommand.config().tunnel()).kcp())
                .isEqualTo(new SessionConfig(
                        new KcpConfig(1350, 128, 512, false, 30, 2, false, false, new RtoSlack(1, 32)), 10, 3));
    }

    @Test
    void windowsShardsAndManualTiming() {
        assertThat(sessions("-sndwnd 100 -rcvwnd 200 -ds 5 -ps 2 -mode manual -nodelay 1 -interval 15 -resend 3 -nc 0"))
                .isEqualTo(new SessionConfig(
                        new KcpConfig(1350, 100, 200, true, 15, 3, true, false, new RtoSlack(1, 32)), 5, 2));
        assertThat(sessions("-mode manual -nodelay 0 -interval 25 -resend 0 -nc 1"))
                .isEqualTo(new SessionConfig(
                        new KcpConfig(1350, 1024, 1024, false, 25, 0, false, false, new RtoSlack(1, 32)), 10, 3));
    }

    private static SessionConfig sessions(String flags) {
        return new TunnelParameters(ServerCommand.config(flags.split(" ")).tunnel()).kcp();
    }

    @Test
    void whatMultiplexingIsDoneWith() {
        String flags = "-smuxver 1 -smuxbuf 100000 -streambuf 50000 -framesize 1000 -keepalive 3";
        SmuxConfig smux =
                new TunnelParameters(ClientCommand.config(flags.split(" ")).tunnel()).smux();
        assertThat(smux.version()).isEqualTo(1);
        assertThat(smux.maxReceiveBufferBytes()).isEqualTo(100_000);
        assertThat(smux.maxStreamBufferBytes()).isEqualTo(50_000);
        assertThat(smux.maxFrameBytes()).isEqualTo(1000);
        assertThat(smux.keepAliveIntervalMs()).isEqualTo(3000);
        assertThat(smux.keepAliveTimeoutMs()).as("fixed").isEqualTo(30_000);
    }

    @Test
    void dscpAndSockbufAreTheSockets() {
        TunnelSettings settings =
                ClientCommand.config("-dscp", "46", "-sockbuf", "65536").tunnel();
        assertThat(new TunnelParameters(settings).datagrams()).isEqualTo(new DatagramOptions(65_536, 46));
    }
}
