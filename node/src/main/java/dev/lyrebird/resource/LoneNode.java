package dev.lyrebird.resource;

import java.util.List;

/**
 * A node that has no others.
 *
 * @param self its id
 */
public record LoneNode(long self) implements Nodes {

  @Override
  public List<Long> present() {
    return List.of();
  }

  @Override
  public void send(long node, String box, byte[] letter) {
    throw new IllegalStateException("there is no other node to send to");
  }

  /** There is nothing to be told. */
  @Override
  public void listen(String box, Listener listener) {}
}
