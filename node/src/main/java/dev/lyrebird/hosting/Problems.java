package dev.lyrebird.hosting;

import dev.lyrebird.api.ProblemException;
import dev.lyrebird.journal.Refusal;
import java.util.stream.Collectors;

/** Tells users' code why a table refuses, with the status that REST gives. */
final class Problems {

  /** Nobody reads more faults of one row. */
  private static final int MOST_FAULTS = 100;

  private Problems() {}

  static ProblemException of(Refusal refusal) {
    String faults =
        refusal.faults().entrySet().stream()
            .limit(MOST_FAULTS)
            .map(fault -> fault.getKey() + ": " + fault.getValue())
            .collect(Collectors.joining("; "));
    String detail = faults.isEmpty() ? refusal.detail() : refusal.detail() + ": " + faults;
    return new ProblemException(status(refusal.reason()), detail);
  }

  private static int status(Refusal.Reason reason) {
    return switch (reason) {
      case BAD_REQUEST -> 400;
      case NOT_FOUND -> 404;
      case NOT_ALLOWED -> 405;
      case CONFLICT -> 409;
      case PRECONDITION_FAILED -> 412;
      case TOO_LARGE -> 413;
      case UNSUPPORTED_TYPE -> 415;
      case SCHEMA -> 422;
      case OVERLOADED -> 503;
      case FAULT -> 500;
      case UNCONFIRMED -> 504;
    };
  }
}
