package dev.lyrebird.history;

import java.util.Optional;

/**
 * One event as an observer was told it.
 *
 * @param write whose payload came; empty for a delete, which has none
 * @param version of the event in 1/4096 ms; 0 where the protocol does not tell it
 */
public record Sighting(Kind kind, String topic, Optional<Write> write, long version) {

  /** Whether a row changed. */
  public boolean isOfRow() {
    return kind != Kind.MESSAGE;
  }

  /** What a failure should say of it. */
  @Override
  public String toString() {
    return kind
        + " "
        + topic
        + write.map(name -> " by " + name).orElse("")
        + (version == 0 ? "" : " version " + version / 4096.0);
  }
}
