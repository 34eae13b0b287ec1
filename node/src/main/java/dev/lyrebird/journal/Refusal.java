package dev.lyrebird.journal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a request is not carried out, in words for the client. Each protocol maps the reason to its
 * own codes, once.
 *
 * @param reason the kind of refusal
 * @param detail what is wrong with which thing, and the remedy
 * @param faults for {@link Reason#SCHEMA}: attribute to what is wrong with it, in the row's order;
 *     empty otherwise
 */
public record Refusal(Reason reason, String detail, Map<String, String> faults) {

  /** The kinds of refusal, in the words of HTTP where it has one. */
  public enum Reason {
    /** The request cannot be understood. */
    BAD_REQUEST(400),
    /** There is no such row, table or path. */
    NOT_FOUND(404),
    /** The path exists but does not take this. */
    NOT_ALLOWED(405),
    /** What is there stands against it: the row exists already, or is no object to merge into. */
    CONFLICT(409),
    /** The client's condition does not hold. */
    PRECONDITION_FAILED(412),
    /** The row does not fit the table's schema. */
    SCHEMA(422),
    /** A key, a payload or a path is over its limit. */
    TOO_LARGE(413),
    /** The content is of a type that is not taken here. */
    UNSUPPORTED_TYPE(415),
    /** The node has no room for it now. */
    OVERLOADED(503),
    /** The node failed; the cause is in its log. */
    FAULT(500),
    /** The write was carried out, but too few other nodes have told in time that they have it. */
    UNCONFIRMED(504);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    /** Returns the status of HTTP that says it best (RFC 9110 §15). */
    public int status() {
      return status;
    }
  }

  public Refusal {
    faults = Collections.unmodifiableMap(new LinkedHashMap<>(faults));
  }

  /** Returns a refusal without a list of faults. */
  public static Refusal of(Reason reason, String detail) {
    return new Refusal(reason, detail, Map.of());
  }
}
