package io.millrace.faketcp;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The system call {@code socket}, the only one needed that neither the JDK nor Netty offers for raw sockets. It is linked with
 * java.lang.foreign, which JDK 22 brought and which is reached by reflection here, since this is compiled for Java 17.
 */
final class SocketCall {
    /** The first Java version that has it. */
    static final int JAVA_VERSION_NEEDED = 22;

    private static final String FOREIGN = "java.lang.foreign.";

    /** (domain, type, protocol) to the descriptor or -1. */
    private final MethodHandle socket;
    /** Where the call leaves errno. */
    private final ByteBuffer errno;

    private SocketCall(MethodHandle socket, ByteBuffer errno) {
        this.socket = socket;
        this.errno = errno;
    }

    /** Whether this Java can link it. */
    static boolean isAvailable() {
        return Runtime.version().feature() >= JAVA_VERSION_NEEDED;
    }

    /**
     * Links it.
     *
     * @throws IOException if this Java does not allow it
     */
    static SocketCall link() throws IOException {
        try {
            Class<?> linkerType = Class.forName(FOREIGN + "Linker");
            Class<?> optionType = Class.forName(FOREIGN + "Linker$Option");
            Class<?> layoutType = Class.forName(FOREIGN + "MemoryLayout");
            Class<?> descriptorType = Class.forName(FOREIGN + "FunctionDescriptor");
            Class<?> segmentType = Class.forName(FOREIGN + "MemorySegment");
            Class<?> arenaType = Class.forName(FOREIGN + "Arena");

            Object linker = linkerType.getMethod("nativeLinker").invoke(null);
            Object lookup = linkerType.getMethod("defaultLookup").invoke(linker);
            Optional<?> address = (Optional<?>) Class.forName(FOREIGN + "SymbolLookup")
                    .getMethod("find", String.class)
                    .invoke(lookup, "socket");
            Object cInt =
                    Class.forName(FOREIGN + "ValueLayout").getField("JAVA_INT").get(null);
            Object parameters = array(layoutType, cInt, cInt, cInt);
            Object descriptor = descriptorType
                    .getMethod("of", layoutType, parameters.getClass())
                    .invoke(null, cInt, parameters);
            Object captureErrno = optionType
                    .getMethod("captureCallState", String[].class)
                    .invoke(null, (Object) new String[] {"errno"});
            Object options = array(optionType, captureErrno);
            MethodHandle call = (MethodHandle) linkerType
                    .getMethod("downcallHandle", segmentType, descriptorType, options.getClass())
                    .invoke(linker, address.orElseThrow(), descriptor, options);

            Object stateLayout = optionType.getMethod("captureStateLayout").invoke(null);
            Object arena = arenaType.getMethod("global").invoke(null);
            Object state = arenaType.getMethod("allocate", layoutType).invoke(arena, stateLayout);
            ByteBuffer errno =
                    (ByteBuffer) segmentType.getMethod("asByteBuffer").invoke(state);
            return new SocketCall(MethodHandles.insertArguments(call, 0, state), errno.order(ByteOrder.nativeOrder()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("native calls are not possible in this Java: " + cause, e);
        }
    }

    private static Object array(Class<?> type, Object... elements) {
        Object array = Array.newInstance(type, elements.length);
        for (int i = 0; i < elements.length; i++) {
            Array.set(array, i, elements[i]);
        }
        return array;
    }

    /**
     * Makes a socket.
     *
     * @return its descriptor, or the negative errno
     */
    synchronized int socket(int domain, int type, int protocol) {
        try {
            int descriptor = (int) socket.invokeExact(domain, type, protocol);
            return descriptor >= 0 ? descriptor : -errno.getInt(0);
        } catch (Throwable impossible) {
            throw new IllegalStateException("socket(2) cannot be called", impossible);
        }
    }
}
