package dev.lyrebird.cluster;

import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.resource.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for the outcomes of what was sent to a table in one message. Owned by the event loop
 * that sent it.
 */
sealed interface Waiting {

  /** Takes the outcomes. */
  void take(List<Outcome> outcomes);

  /** Takes the outcomes, of which those that were applied are not to be told before the release. */
  void hold(List<Outcome> outcomes);

  /**
   * Tells what was held.
   *
   * @param refusal what is told in place of it, or null where it is confirmed
   */
  void release(@Nullable Refusal refusal);

  /** Whoever waits for one outcome each, in the order of the writes. */
  final class Each implements Waiting {

    private final List<Tables.@Nullable Receipt> receipts = new ArrayList<>();
    private int[] tokens = new int[16];
    private boolean wanted;
    private List<Outcome> held = List.of();

    /** Tells whether anyone is to be told anything. */
    boolean isWanted() {
      return wanted;
    }

    void add(Tables.@Nullable Receipt receipt, int token) {
      if (receipts.size() == tokens.length) {
        tokens = Arrays.copyOf(tokens, 2 * tokens.length);
      }
      tokens[receipts.size()] = token;
      receipts.add(receipt);
      wanted |= receipt != null;
    }

    @Override
    public void take(List<Outcome> outcomes) {
      for (int i = 0; i < outcomes.size(); i++) {
        tell(i, outcomes.get(i));
      }
    }

    @Override
    public void hold(List<Outcome> outcomes) {
      held = outcomes;
      for (int i = 0; i < outcomes.size(); i++) {
        if (!(outcomes.get(i) instanceof Outcome.Applied)) {
          tell(i, outcomes.get(i));
        }
      }
    }

    @Override
    public void release(@Nullable Refusal refusal) {
      for (int i = 0; i < held.size(); i++) {
        if (held.get(i) instanceof Outcome.Applied applied) {
          tell(i, refusal == null ? applied : new Outcome.Refused(refusal));
        }
      }
    }

    private void tell(int index, Outcome outcome) {
      Tables.Receipt receipt = receipts.get(index);
      if (receipt != null) {
        receipt.done(outcome, tokens[index]);
      }
    }
  }

  /** Whoever waits for all outcomes of writes that are carried out as one. */
  final class AsOne implements Waiting {

    private final Consumer<List<Outcome>> waiting;
    private List<Outcome> held = List.of();

    AsOne(Consumer<List<Outcome>> waiting) {
      this.waiting = waiting;
    }

    @Override
    public void take(List<Outcome> outcomes) {
      waiting.accept(outcomes);
    }

    @Override
    public void hold(List<Outcome> outcomes) {
      held = outcomes;
    }

    @Override
    public void release(@Nullable Refusal refusal) {
      waiting.accept(
          refusal == null ? held : Collections.nCopies(held.size(), new Outcome.Refused(refusal)));
    }
  }
}
