package dev.lyrebird.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What one law says of a history.
 *
 * @param facts how many facts were looked at: a law that had none to judge has shown nothing
 * @param violations how many of them break the law
 * @param examples the first of those, one sentence each
 */
public record Verdict(Law law, long facts, long violations, List<String> examples) {

  public Verdict {
    examples = List.copyOf(examples);
  }

  public boolean holds() {
    return violations == 0;
  }

  @Override
  public String toString() {
    return "%s: %s"
        .formatted(
            law,
            holds()
                ? "%,d facts, all good".formatted(facts)
                : "%,d of %,d facts are not so: %s%s"
                    .formatted(
                        violations,
                        facts,
                        String.join("; ", examples),
                        violations > examples.size() ? "; ..." : ""));
  }

  /** Gathers the facts for one verdict. Owned by one thread. */
  static final class Trial {

    private static final int MOST_EXAMPLES = 8;

    private final Law law;
    private final List<String> examples = new ArrayList<>();
    private long facts;
    private long violations;

    Trial(Law law) {
      this.law = law;
    }

    /** One fact: whether it is as it must be, and what to say if not. */
    void expect(boolean good, Supplier<String> otherwise) {
      facts++;
      if (!good) {
        violations++;
        if (examples.size() < MOST_EXAMPLES) {
          examples.add(otherwise.get());
        }
      }
    }

    Verdict verdict() {
      return new Verdict(law, facts, violations, examples);
    }
  }
}
