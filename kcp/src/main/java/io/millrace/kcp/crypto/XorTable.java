package io.millrace.kcp.crypto;

import java.nio.charset.StandardCharsets;

/** Crypt {@code xor}: the same table over every packet. It hides nothing from who sees two packets. spec: kcp 2.5 */
final class XorTable implements StreamCipher {
    private static final byte[] SALT = "sH3CIVoF#rWLtJo6".getBytes(StandardCharsets.US_ASCII);
    private static final int ITERATIONS = 32;

    private final byte[] table;

    /** @param key 32 bytes, the password of a second derivation */
    XorTable(byte[] key) {
        table = Pbkdf2.hmacSha1(key, SALT, ITERATIONS, PacketCipher.MAX_PACKET_BYTES);
    }

    @Override
    public void apply(byte[] packet, int offset, int length) {
        Xor.into(packet, offset, table, 0, length);
    }
}
