package io.millrace.smux.core;

import org.jspecify.annotations.Nullable;

/**
 * A first-in first-out list of owners that have something to do, each in it at most once. Links live in nodes that the
 * owners keep, so adding and removing cost no memory and no search.
 */
public final class ReadyRing<S> {
    /** The place of one owner in one ring. */
    public static final class Node<S> {
        private final S owner;
        private @Nullable Node<S> previous;
        private @Nullable Node<S> next;
        private boolean linked;

        public Node(S owner) {
            this.owner = owner;
        }

        public boolean isLinked() {
            return linked;
        }
    }

    private @Nullable Node<S> head;
    private @Nullable Node<S> tail;
    private int size;

    /** Appends the owner unless it is in the ring already. */
    public void add(Node<S> node) {
        if (node.linked) {
            return;
        }
        node.linked = true;
        node.previous = tail;
        if (tail == null) {
            head = node;
        } else {
            tail.next = node;
        }
        tail = node;
        size++;
    }

    /** Takes the oldest out, or returns {@code null}. */
    public @Nullable S poll() {
        Node<S> node = head;
        if (node == null) {
            return null;
        }
        remove(node);
        return node.owner;
    }

    /** Takes the owner out if it is in. */
    public void remove(Node<S> node) {
        if (!node.linked) {
            return;
        }
        Node<S> before = node.previous;
        Node<S> after = node.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
        node.previous = null;
        node.next = null;
        node.linked = false;
        size--;
    }

    public boolean isEmpty() {
        return head == null;
    }

    public int size() {
        return size;
    }
}
