package io.millrace.faketcp;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Crafting and parsing know no clock, channel or thread; the module knows no other module. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.millrace.faketcp");

    @Test
    void theWireIsPure() {
        assertThat(CLASSES).hasSizeGreaterThan(10);
        noClasses()
                .that()
                .resideInAPackage("io.millrace.faketcp.wire..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.netty.channel..",
                        "java.net..",
                        "java.nio.channels..",
                        "java.util.concurrent..",
                        "java.time.."))
                .orShould()
                .dependOnClassesThat(resideInAnyPackage("io.millrace.faketcp"))
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(CLASSES);
    }

    @Test
    void noOtherModuleIsKnown() {
        noClasses()
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.millrace.kcp..", "io.millrace.smux..", "io.millrace.config..", "io.millrace.tunnel.."))
                .check(CLASSES);
    }
}
