package dev.lyrebird.resource;

import java.util.List;

/**
 * The nodes of the cluster, and letters between them. Any thread may call. Letters that one node
 * sends to another arrive in the order in which they were sent, each once or not at all: one to a
 * node that is not there, or does not listen yet, is lost.
 */
public interface Nodes {

  /** Returns the id of this node. */
  long self();

  /** Returns the ids of the other nodes that are there now. */
  List<Long> present();

  /**
   * Sends a letter to another node. Letters of one moment to one node travel together.
   *
   * @param box what it is about: who listens there under that name takes it
   * @param letter never changed afterwards
   */
  void send(long node, String box, byte[] letter);

  /**
   * Listens from now on, and is told first of all nodes that are there.
   *
   * @param box under which name; one listener each
   * @param listener is called by one thread
   */
  void listen(String box, Listener listener);

  /** Hears of other nodes, and from them. */
  interface Listener {

    /** Another node is there. One that comes back, even unnoticed, leaves first. */
    void joined(long node);

    /** Another node is gone. Letters that it sent before may follow. */
    void left(long node);

    /**
     * A letter to another node was lost, since nobody listens there: the node is only just
     * starting, or all have lost sight of where it listens, as they may when clusters merge.
     */
    default void doesNotListen(long node) {}

    /** A letter came, perhaps of a node of which nothing was told yet. */
    void letter(long from, byte[] letter);
  }
}
