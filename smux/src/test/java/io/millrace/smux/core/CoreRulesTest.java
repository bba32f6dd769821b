package io.millrace.smux.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The core is pure logic, and the module knows no other one. */
class CoreRulesTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.millrace.smux");

    @Test
    void coreHasNoChannelClockThreadOrRandom() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.smux.core")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty.channel..", "io.netty.util.concurrent..", "java.util.concurrent..", "java.net..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Random.class, Clock.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(MODULE);
    }

    @Test
    void coreDoesNotKnowTheChannelsBuiltOnIt() {
        noClasses()
                .that()
                .resideInAPackage("io.millrace.smux.core")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.millrace.smux")
                .check(MODULE);
    }

    @Test
    void smuxKnowsNoOtherModule() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.millrace.kcp..", "io.millrace.config..", "io.millrace.tunnel..")
                .check(MODULE);
    }
}
