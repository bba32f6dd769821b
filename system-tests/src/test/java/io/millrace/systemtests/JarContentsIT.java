package io.millrace.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jars leave out what is not called by name; this is there all the same. */
class JarContentsIT {
    private static URLClassLoader open(String program) throws Exception {
        Path jar = Path.of(System.getProperty("millrace." + program + ".jar"));
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void everyCipherCanBeMade(String program) throws Exception {
        try (URLClassLoader jar = open(program)) {
            Class<?> keys = jar.loadClass(TunnelKey.class.getName());
            Object key = keys.getMethod("derive", String.class).invoke(null, "key");
            Class<?> ciphers = jar.loadClass(PacketCiphers.class.getName());
            for (String name : PacketCiphers.names()) {
                Object cipher = ciphers.getMethod("create", String.class, keys).invoke(null, name, key);
                assertThat(cipher.getClass().getClassLoader()).as(name).isSameAs(jar);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void theLicencesOfTheLibraries(String program) throws Exception {
        try (URLClassLoader jar = open(program)) {
            assertThat(text(jar, "LICENSE")).contains("The Millrace authors");
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
            assertThat(text(jar, "META-INF/LICENSE-bouncycastle.txt")).contains("Legion of the Bouncy Castle");
            assertThat(text(jar, "META-INF/LICENSE-backblaze.txt")).contains("Backblaze");
            assertThat(text(jar, "META-INF/LICENSE-lz4.txt")).contains("LZ4 Library");
            assertThat(text(jar, "META-INF/LICENSE.txt")).contains("QOS.ch");
            assertThat(text(jar, "META-INF/thirdparty-LICENSE")).contains("fast_float");
        }
    }

    /** The list of licences that the packages hold names whatever is in the jars. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"client", "server"})
    void everyLibraryIsInTheListOfLicences(String program) throws Exception {
        List<String> listed = Files.readAllLines(Path.of("..", "packaging", "copyright")).stream()
                .filter(line -> line.startsWith("Files: ") && !line.equals("Files: *"))
                .flatMap(line -> Stream.of(line.substring("Files: ".length()).split(" ")))
                .map(pattern -> pattern.substring(0, pattern.indexOf('*')))
                .toList();
        try (JarFile jar = new JarFile(System.getProperty("millrace." + program + ".jar"))) {
            List<String> code = jar.stream()
                    .map(entry -> entry.getName().replaceFirst("^META-INF/versions/[0-9]+/", ""))
                    .filter(name -> name.matches(".*\\.(class|so|dylib|jnilib)"))
                    .toList();
            assertThat(listed).allSatisfy(path -> assertThat(code).anyMatch(name -> name.startsWith(path)));
            assertThat(code)
                    .filteredOn(name -> !name.startsWith("io/millrace/"))
                    .hasSizeGreaterThan(1000)
                    .allMatch(name -> listed.stream().anyMatch(name::startsWith));
        }
    }

    private static String text(ClassLoader jar, String name) throws Exception {
        try (InputStream in = jar.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
