package dev.lyrebird.hosting;

import dev.lyrebird.api.ProblemException;
import dev.lyrebird.journal.Refusal;

/** Tells users' code why a table refuses, with the status that REST gives. */
final class Problems {

  private Problems() {}

  static ProblemException of(Refusal refusal) {
    return new ProblemException(refusal.reason().status(), refusal.detail(), refusal.faults());
  }
}
