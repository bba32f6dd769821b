package io.millrace.kcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KcpListenerPairTest {
    private static KcpListener noting(String name, List<String> heard) {
        return (KcpListener) Proxy.newProxyInstance(
                KcpListener.class.getClassLoader(), new Class<?>[] {KcpListener.class}, (proxy, method, arguments) -> {
                    heard.add(name + " " + method.getName());
                    return null;
                });
    }

    @Test
    void tellsBothOfEverythingInOrder() throws Exception {
        List<Method> methods = Arrays.stream(KcpListener.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .toList();
        assertThat(methods).isNotEmpty();
        for (Method method : methods) {
            List<String> heard = new ArrayList<>();
            KcpListener pair = KcpListener.both(noting("first", heard), noting("second", heard));
            method.invoke(pair, new Object[method.getParameterCount()]);
            assertThat(heard).containsExactly("first " + method.getName(), "second " + method.getName());
        }
    }
}
