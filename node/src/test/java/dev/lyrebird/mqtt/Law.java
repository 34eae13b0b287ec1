package dev.lyrebird.mqtt;

import org.jspecify.annotations.Nullable;

/** What a node owes, whatever bytes it is sent. */
enum Law {
  NO_EXCEPTION("no exception escapes a connection, and nothing the node's log warns of"),
  WELL_FORMED("every answer is a packet that a server sends in that version"),
  ENDS("a faulty packet ends its connection"),
  TELLS_WHY("who is sent away is told why"),
  NOTHING_BEHIND("nothing is taken behind a faulty packet"),
  NO_BUFFER_LEFT("all buffers are given back"),
  NOTHING_LEFT("nothing is left of those who have gone"),
  NO_HARM("a healthy client gets every message, once and in order");

  private final String text;

  Law(String text) {
    this.text = text;
  }

  /** Tells whether it says what is to come about, for which time has to be left. */
  boolean isWaitedFor() {
    return switch (this) {
      case ENDS, NO_BUFFER_LEFT, NOTHING_LEFT -> true;
      case NO_EXCEPTION, WELL_FORMED, TELLS_WHY, NOTHING_BEHIND, NO_HARM -> false;
    };
  }

  /** Says so. */
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final Law law;

    Broken(Law law, String detail, @Nullable Throwable cause) {
      super("%s: %s".formatted(law.text, detail), cause);
      this.law = law;
    }

    Law law() {
      return law;
    }
  }

  /** Says what is broken where it is. */
  void hold(boolean isKept, String detail) {
    if (!isKept) {
      throw new Broken(this, detail, null);
    }
  }
}
