package io.millrace.bench;

import io.millrace.kcp.crypto.PacketCipher;
import io.millrace.kcp.crypto.PacketCiphers;
import io.millrace.kcp.crypto.TunnelKey;
import io.millrace.kcp.wire.PacketBurst;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Sealing and opening a burst of full packets; divide the figures by its size. */
public class CipherBenchmark extends NanosPerOperation {
    private static final int PACKET_BYTES = 1350;

    /** Our ciphers. */
    @State(Scope.Thread)
    public static class Ours {
        @Param({
            "aes",
            "aes-128",
            "aes-128-gcm",
            "salsa20",
            "twofish",
            "sm4",
            "blowfish",
            "cast5",
            "3des",
            "xtea",
            "tea",
            "xor",
            "none"
        })
        String crypt = "aes";

        @Param({"1", "8", "40"})
        int packets = 1;

        private PacketCipher cipher = PacketCiphers.create("null", TunnelKey.derive("bench"));
        private PacketBurst burst = new PacketBurst(1, PACKET_BYTES);
        private final byte[] sealed = new byte[PACKET_BYTES];
        private final byte[] scratch = new byte[PACKET_BYTES];

        /** Fills a burst. */
        @Setup
        public void fill() {
            cipher = PacketCiphers.create(crypt, TunnelKey.derive("bench"));
            burst = new PacketBurst(packets, PACKET_BYTES);
            for (int i = 0; i < packets; i++) {
                burst.commit(PACKET_BYTES);
            }
            cipher.seal(burst);
            System.arraycopy(burst.bytes(), 0, sealed, 0, PACKET_BYTES);
        }
    }

    /** The JDK's own CFB. */
    @State(Scope.Thread)
    public static class Jce {
        private final byte[] packet = new byte[PACKET_BYTES];
        private final Cipher encrypt = cfb(Cipher.ENCRYPT_MODE);
        private final Cipher decrypt = cfb(Cipher.DECRYPT_MODE);

        private static Cipher cfb(int mode) {
            try {
                Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
                cipher.init(
                        mode,
                        new SecretKeySpec(new byte[32], "AES"),
                        new IvParameterSpec(HexFormat.of().parseHex("a7734f9c12ac1b01a415f2c1fc78e66b")));
                return cipher;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** All packets of a burst. */
    @Benchmark
    public PacketBurst seal(Ours ours) {
        ours.cipher.seal(ours.burst);
        return ours.burst;
    }

    /** All packets of a burst, each copied to where it is opened, as a received one is. */
    @Benchmark
    public int open(Ours ours) {
        int body = 0;
        for (int i = 0; i < ours.packets; i++) {
            System.arraycopy(ours.sealed, 0, ours.scratch, 0, PACKET_BYTES);
            body = ours.cipher.open(ours.scratch, 0, PACKET_BYTES);
        }
        return body;
    }

    /** One packet with AES-256 CFB of the JDK, for comparison. */
    @Benchmark
    public int jceCfbEncrypt(Jce jce) throws GeneralSecurityException {
        return jce.encrypt.doFinal(jce.packet, 0, PACKET_BYTES, jce.packet, 0);
    }

    /** The same backwards. */
    @Benchmark
    public int jceCfbDecrypt(Jce jce) throws GeneralSecurityException {
        return jce.decrypt.doFinal(jce.packet, 0, PACKET_BYTES, jce.packet, 0);
    }
}
