package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.config.TunnelSettings;
import io.millrace.kcp.DatagramOptions;
import io.millrace.kcp.arq.KcpConfig;
import io.millrace.kcp.arq.RtoSlack;
import io.millrace.kcp.session.SessionConfig;
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
    void dscpAndSockbufAreTheSockets() {
        TunnelSettings settings =
                ClientCommand.config("-dscp", "46", "-sockbuf", "65536").tunnel();
        assertThat(new TunnelParameters(settings).datagrams()).isEqualTo(new DatagramOptions(65_536, 46));
    }
}
