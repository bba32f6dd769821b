package io.millrace.kcp.arq;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What the protocol core may know of: no clock, no thread, no channel, no chance. */
class CoreArchitectureTest {
    private static final String[] CORE = {
        "io.millrace.kcp.wire..", "io.millrace.kcp.arq..", "io.millrace.kcp.fec..", "io.millrace.kcp.crypto.."
    };

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace.kcp");

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void theCorePackagesAreAllSeen() {
        for (String name : CORE) {
            assertThat(CLASSES.that(resideInAPackage(name))).as(name).hasSizeGreaterThan(3);
        }
    }

    @Test
    void noChannelsOrEventLoops() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap..", "java.net..")
                        .or(resideInAPackage("java.nio.channels.."))));
    }

    @Test
    void noThreadsAndNoLocks() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat(resideInAPackage("java.util.concurrent..")
                        .or(JavaClass.Predicates.assignableTo(Thread.class))
                        .or(JavaClass.Predicates.assignableTo(Executor.class))));
    }

    @Test
    void noClock() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat(resideInAPackage(Clock.class.getPackageName() + ".."))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Date"));
    }

    @Test
    void noChance() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(Random.class.getName())
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName(SplittableRandom.class.getName())
                .orShould()
                .callMethod(Math.class, "random"));
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .and()
                .resideOutsideOfPackage("io.millrace.kcp.crypto..")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(SecureRandom.class));
    }

    @Test
    void noLogsAndNoStreams() {
        check(noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.slf4j..", "java.util.logging..", "java.util.stream.."))
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err"));
    }

    @Test
    void theArqCoreKnowsNeitherFecNorCrypto() {
        check(noClasses()
                .that()
                .resideInAPackage("io.millrace.kcp.arq..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.millrace.kcp",
                        "io.millrace.kcp.session..",
                        "io.millrace.kcp.fec..",
                        "io.millrace.kcp.crypto..")));
    }

    @Test
    void theWireViewsKnowOnlyThemselves() {
        check(noClasses()
                .that()
                .resideInAPackage("io.millrace.kcp.wire..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.millrace..")
                        .and(DescribedPredicate.not(resideInAPackage("io.millrace.kcp.wire..")))));
    }

    @Test
    void noCyclesBetweenPackages() {
        check(slices().matching("io.millrace.kcp.(*)..").should().beFreeOfCycles());
        assertThat(CLASSES.that(alwaysTrue())).isNotEmpty();
    }
}
