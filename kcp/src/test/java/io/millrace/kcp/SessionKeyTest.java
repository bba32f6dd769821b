package io.millrace.kcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SessionKeyTest {
    private static SessionKey key(String host, int port) throws UnknownHostException {
        return new SessionKey(new InetSocketAddress(InetAddress.getByName(host), port));
    }

    @Test
    void keysOfOneHashAreOrderedAsTheyAreEqual() throws UnknownHostException {
        List<SessionKey> keys = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            keys.add(key("192.0.2." + i, 1000 - i));
        }
        assertThat(keys)
                .extracting(SessionKey::hashCode)
                .containsOnly(keys.get(0).hashCode());
        keys.add(key("192.0.2.7", 7));
        keys.add(key("2001:db8::1", 7));
        assertThat(new TreeSet<>(keys)).hasSize(252);
        assertThat(key("192.0.2.7", 7)).isEqualByComparingTo(keys.get(250)).isEqualTo(keys.get(250));
        assertThat(key("2001:db8::1", 7)).isEqualByComparingTo(keys.get(251)).isEqualTo(keys.get(251));
        assertThat(key("192.0.2.7", 8)).isGreaterThan(keys.get(250)).isNotEqualTo(keys.get(250));
    }
}
