package io.millrace.kcp.arq;

/** No window of its own: what {@code nc=1} means. spec: kcp 4.9 */
final class NoCongestionControl implements CongestionControl {
    @Override
    public int windowSegments() {
        return Integer.MAX_VALUE;
    }
}
