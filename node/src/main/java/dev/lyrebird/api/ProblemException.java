package dev.lyrebird.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the client what is wrong, and the remedy. Before a stream has begun, and over REST, it is
 * an answer with that status and a body as RFC 9457 has it; to a message on a stream the answer is
 * {@code {"type":"error","status":...,"title":...}}; over MQTT 5 the reason code that fits.
 */
public final class ProblemException extends RuntimeException {

  private final int status;
  private final Map<String, String> faults;

  /**
   * @param status an HTTP status from 400 to 599
   * @param detail for the client
   */
  public ProblemException(int status, String detail) {
    this(status, detail, Map.of());
  }

  /**
   * @param status an HTTP status from 400 to 599
   * @param detail for the client
   * @param faults what is wrong with which attribute; over REST the answer lists them
   */
  public ProblemException(int status, String detail, Map<String, String> faults) {
    super(detail);
    this.faults = Collections.unmodifiableMap(new LinkedHashMap<>(faults));
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException(
          "the status of a problem is 400 to 599, and not " + status);
    }
    this.status = status;
  }

  /** Returns the HTTP status. */
  public int status() {
    return status;
  }

  /** Returns what is wrong with which attribute, in order. */
  public Map<String, String> faults() {
    return faults;
  }

  /** Returns what the client is told. */
  public String detail() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
