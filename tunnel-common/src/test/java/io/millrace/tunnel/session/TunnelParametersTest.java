package io.millrace.tunnel.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ClientCommand;
import io.millrace.config.ServerCommand;
import io.millrace.config.TunnelSettings;
import io.millrace.kcp.arq.RtoSlack;
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
}
