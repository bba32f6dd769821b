package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeedsTest {
    private @Nullable String before;

    @BeforeEach
    void rememberProperty() {
        before = System.getProperty(Seeds.PROPERTY);
        System.clearProperty(Seeds.PROPERTY);
    }

    @AfterEach
    void restoreProperty() {
        if (before == null) {
            System.clearProperty(Seeds.PROPERTY);
        } else {
            System.setProperty(Seeds.PROPERTY, before);
        }
    }

    @Test
    void thePropertyReplacesTheDefault() {
        assertThat(Seeds.orDefault(7).value()).isEqualTo(7);
        System.setProperty(Seeds.PROPERTY, "-12");
        assertThat(Seeds.orDefault(7).value()).isEqualTo(-12);
        System.setProperty(Seeds.PROPERTY, "0xff");
        assertThat(Seeds.orDefault(7).value()).isEqualTo(255);
        System.setProperty(Seeds.PROPERTY, "seven");
        assertThatThrownBy(() -> Seeds.orDefault(7))
                .hasMessageContaining("millrace.seed")
                .hasMessageContaining("seven");
    }

    @Test
    void derivedSeedsAreStableAndDiffer() {
        Seeds seeds = Seeds.orDefault(7);
        assertThat(seeds.derive("loss")).isEqualTo(Seeds.orDefault(7).derive("loss"));
        Set<Long> seen = new HashSet<>();
        for (int seed = 0; seed < 100; seed++) {
            for (int part = 0; part < 100; part++) {
                seen.add(Seeds.orDefault(seed).derive("part" + part));
                seen.add(Seeds.orDefault(seed).child("child").derive("part" + part));
            }
        }
        assertThat(seen).hasSize(20_000);
        assertThat(seeds.random("x").nextLong()).isEqualTo(seeds.random("x").nextLong());
    }

    @Test
    void aFailureSaysHowToRunItAgain() {
        AssertionError failure = new AssertionError("wrong");
        assertThatThrownBy(() -> Seeds.run(1234, seeds -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(failure.getSuppressed()).hasSize(1);
        assertThat(failure.getSuppressed()[0]).hasMessageContaining("-Dmillrace.seed=1234");
    }
}
