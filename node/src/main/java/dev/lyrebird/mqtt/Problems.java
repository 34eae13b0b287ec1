package dev.lyrebird.mqtt;

import dev.lyrebird.api.ProblemException;
import dev.lyrebird.journal.Refusal;

/**
 * Tells in the words of MQTT why users' code refuses something, which tells it in those of HTTP.
 */
final class Problems {

  private static final int LEAST_OF_SERVER = 500;

  private Problems() {}

  /** Returns why a publication is refused; {@link ReasonCode#of} has the number of it. */
  static Refusal refusal(ProblemException problem) {
    Refusal.Reason reason =
        switch (problem.status()) {
          case 401, 403 -> Refusal.Reason.NOT_ALLOWED;
          case 404, 405, 410 -> Refusal.Reason.NOT_FOUND;
          case 400, 422 -> Refusal.Reason.SCHEMA;
          case 415 -> Refusal.Reason.UNSUPPORTED_TYPE;
          case 413 -> Refusal.Reason.TOO_LARGE; // 0x95 may not stand in PUBACK
          case 429, 503 -> Refusal.Reason.OVERLOADED;
          default ->
              problem.status() < LEAST_OF_SERVER ? Refusal.Reason.CONFLICT : Refusal.Reason.FAULT;
        };
    return Refusal.of(reason, problem.detail());
  }

  /** Returns what SUBACK says; it knows fewer codes than other packets. */
  static ReasonCode inSuback(ProblemException problem) {
    return switch (problem.status()) {
      case 401, 403 -> ReasonCode.NOT_AUTHORIZED;
      case 404 -> ReasonCode.TOPIC_FILTER_INVALID;
      case 429, 503 -> ReasonCode.QUOTA_EXCEEDED;
      default ->
          problem.status() < LEAST_OF_SERVER
              ? ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR
              : ReasonCode.UNSPECIFIED_ERROR;
    };
  }
}
