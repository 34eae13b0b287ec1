package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lyrebird.mqtt.ClaimEffect.Grant;
import dev.lyrebird.mqtt.ClaimEffect.MakeWay;
import dev.lyrebird.mqtt.ClaimEffect.Send;
import dev.lyrebird.mqtt.ClaimMessage.Ask;
import dev.lyrebird.mqtt.ClaimMessage.Free;
import dev.lyrebird.mqtt.ClaimMessage.Held;
import dev.lyrebird.mqtt.ClaimMessage.Later;
import dev.lyrebird.mqtt.ClaimMessage.Yielded;
import dev.lyrebird.mqtt.ClientIds.Granted;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One connection holds each id, whatever happens; and were it otherwise, that would be noticed. */
final class ClaimsTest {

  private static final int RUNS = 1000;

  /** A planted bug is found by one of so many runs; always the same ones. */
  private static final int RUNS_FOR_A_BUG = 500;

  /** The same histories in every build; {@code -Dseed=} and {@code -Druns=} try others. */
  @Test
  void oneConnectionHoldsAnId() {
    Long seed = Long.getLong("seed");
    int runs = Integer.getInteger("runs", seed == null ? RUNS : 1);
    for (int i = 0; i < runs; i++) {
      long each = (seed == null ? 0 : seed) + i;
      try {
        new ClaimSimulation(each, ClaimSimulation.Flaw.NONE).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=%d: %s".formatted(each, e.getMessage()), e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void plantedBugIsFound(PlantedBug bug) {
    assertThrows(
        AssertionError.class,
        () -> {
          for (int seed = 0; seed < RUNS_FOR_A_BUG; seed++) {
            new ClaimSimulation(seed, bug.flaw()).run();
          }
        },
        "nothing was wrong");
  }

  /** Bugs that claims could have, each planted at the edge of a node that has none. */
  enum PlantedBug {

    /** Nobody asks the other nodes. */
    ASKS_NOBODY {
      @Override
      ClaimSimulation.Flaw flaw() {
        return received(message -> message instanceof Ask ? null : message);
      }
    },

    /** Who was not answered in time asks no more. */
    ASKS_ONCE {
      @Override
      ClaimSimulation.Flaw flaw() {
        Set<Send> asked = new HashSet<>();
        return decided(effect ->
            effect instanceof Send send && send.message() instanceof Ask && !asked.add(send)
                ? List.of()
                : List.of(effect));
      }
    },

    /** What a session is gets lost between two nodes. */
    LOSES_WHAT_WAS_YIELDED {
      @Override
      ClaimSimulation.Flaw flaw() {
        return received(message ->
            message instanceof Yielded yielded
                ? new Free(yielded.clientId(), yielded.stamp())
                : message);
      }
    },

    /** What a session is gets lost on its way to the claimant. */
    LOSES_WHAT_IS_HANDED_OVER {
      @Override
      ClaimSimulation.Flaw flaw() {
        return decided(effect ->
            effect instanceof Grant(var claim, var granted)
                ? List.of(new Grant(claim, new Granted(granted.stamp(), null, granted.wasHeld())))
                : List.of(effect));
      }
    },

    /** Nodes that meet do not tell each other what they hold. */
    TELLS_NOTHING_TO_WHO_JOINS {
      @Override
      ClaimSimulation.Flaw flaw() {
        return received(message -> message instanceof Held ? null : message);
      }
    },

    /** That there is a later claim is taken for a free way. */
    TAKES_LATER_FOR_FREE {
      @Override
      ClaimSimulation.Flaw flaw() {
        return received(message ->
            message instanceof Later later ? new Free(later.clientId(), later.stamp()) : message);
      }
    },

    /** Holders are not told to make way. */
    LEAVES_HOLDERS_IN_PEACE {
      @Override
      ClaimSimulation.Flaw flaw() {
        return decided(effect -> effect instanceof MakeWay ? List.of() : List.of(effect));
      }
    },

    /** A claim is granted twice. */
    GRANTS_AGAIN {
      @Override
      ClaimSimulation.Flaw flaw() {
        return decided(
            effect -> effect instanceof Grant ? List.of(effect, effect) : List.of(effect));
      }
    };

    abstract ClaimSimulation.Flaw flaw();

    private interface Received {
      @Nullable ClaimMessage instead(ClaimMessage message);
    }

    private interface Decided {
      List<ClaimEffect> instead(ClaimEffect effect);
    }

    private static ClaimSimulation.Flaw received(Received received) {
      return new ClaimSimulation.Flaw() {
        @Override
        public @Nullable ClaimMessage received(ClaimMessage message) {
          return received.instead(message);
        }
      };
    }

    private static ClaimSimulation.Flaw decided(Decided decided) {
      return new ClaimSimulation.Flaw() {
        @Override
        public List<ClaimEffect> decided(ClaimEffect effect) {
          return decided.instead(effect);
        }
      };
    }
  }
}
