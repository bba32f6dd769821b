package io.millrace.kcp.crypto;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.CAST5Engine;
import org.bouncycastle.crypto.engines.SM4Engine;
import org.bouncycastle.crypto.engines.TwofishEngine;
import org.bouncycastle.crypto.engines.XTEAEngine;

/**
 * The packet ciphers by kcptun's crypt names. A new one is a line here. The JDK's primitives where it has them, else Bouncy
 * Castle's, whose 3DES allocates for each block. spec: kcp 2.2
 */
public final class PacketCiphers {
    private static final Map<String, BiFunction<TunnelKey, NonceSource, PacketCipher>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("aes", (key, nonces) -> cfb(new JceBlockEncryptor("AES", key.prefix(32)), nonces));
        BY_NAME.put("aes-128", (key, nonces) -> cfb(new JceBlockEncryptor("AES", key.prefix(16)), nonces));
        BY_NAME.put("aes-192", (key, nonces) -> cfb(new JceBlockEncryptor("AES", key.prefix(24)), nonces));
        BY_NAME.put("aes-128-gcm", (key, nonces) -> new GcmPacketCipher(key.prefix(16), nonces));
        BY_NAME.put("salsa20", (key, nonces) -> stream(new Salsa20StreamCipher(key.prefix(32)), nonces));
        BY_NAME.put("twofish", (key, nonces) -> cfb(engine(new TwofishEngine(), key.prefix(32)), nonces));
        BY_NAME.put("sm4", (key, nonces) -> cfb(engine(new SM4Engine(), key.prefix(16)), nonces));
        BY_NAME.put("blowfish", (key, nonces) -> cfb(new JceBlockEncryptor("Blowfish", key.prefix(32)), nonces));
        BY_NAME.put("cast5", (key, nonces) -> cfb(engine(new CAST5Engine(), key.prefix(16)), nonces));
        BY_NAME.put("3des", (key, nonces) -> cfb(new JceBlockEncryptor("DESede", key.prefix(24)), nonces));
        BY_NAME.put("xtea", (key, nonces) -> cfb(engine(new XTEAEngine(), key.prefix(16)), nonces));
        BY_NAME.put("tea", (key, nonces) -> cfb(new TeaBlockEncryptor(key.prefix(16)), nonces));
        BY_NAME.put("xor", (key, nonces) -> stream(new XorTable(key.prefix(32)), nonces));
        BY_NAME.put("none", (key, nonces) -> stream(StreamCipher.IDENTITY, nonces));
        BY_NAME.put("null", (key, nonces) -> new NullPacketCipher());
    }

    private PacketCiphers() {}

    /** All names, in the order to show them in. */
    public static Set<String> names() {
        return Collections.unmodifiableSet(BY_NAME.keySet());
    }

    /**
     * A cipher for one event loop.
     *
     * @throws IllegalArgumentException for an unknown name; the message lists the known ones
     */
    public static PacketCipher create(String name, TunnelKey key) {
        return create(name, key, NonceSource.secure());
    }

    /** As {@link #create(String, TunnelKey)}, with nonces of the caller's. */
    public static PacketCipher create(String name, TunnelKey key, NonceSource nonces) {
        BiFunction<TunnelKey, NonceSource, PacketCipher> maker = BY_NAME.get(name);
        if (maker == null) {
            throw new IllegalArgumentException("unknown crypt \"" + name + "\", allowed " + names());
        }
        return maker.apply(key, nonces);
    }

    private static PacketCipher cfb(BlockEncryptor block, NonceSource nonces) {
        return new CfbPacketCipher(block, nonces);
    }

    private static PacketCipher stream(StreamCipher cipher, NonceSource nonces) {
        return new StreamPacketCipher(cipher, nonces);
    }

    private static BlockEncryptor engine(BlockCipher engine, byte[] key) {
        return new EngineBlockEncryptor(engine, key);
    }
}
