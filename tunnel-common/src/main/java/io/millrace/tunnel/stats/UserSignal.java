package io.millrace.tunnel.stats;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Runs an action when the process gets SIGUSR1. The JVM's interface for that is not part of the Java platform, so it is
 * looked for at run time: where it is missing, or the system has no such signal, nothing happens. spec: tunnel 8.2
 */
public final class UserSignal {
    private UserSignal() {}

    /**
     * Sets the action, which runs on a thread of its own for each signal.
     *
     * @return whether signals will be heard
     */
    public static boolean onUsr1(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object usr1 = signal.getConstructor(String.class).newInstance("USR1");
            Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, handling(action));
            signal.getMethod("handle", signal, handler).invoke(null, usr1, proxy);
            return true;
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unavailable) {
            return false;
        }
    }

    private static InvocationHandler handling(Runnable action) {
        return (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "handle" -> action.run();
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                case "equals" -> {
                    return proxy == arguments[0];
                }
                case "toString" -> {
                    return "handler of SIGUSR1";
                }
                default -> throw new UnsupportedOperationException(method.toString());
            }
            return null;
        };
    }
}
