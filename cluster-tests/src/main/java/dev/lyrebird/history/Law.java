package dev.lyrebird.history;

import dev.lyrebird.history.Verdict.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a cluster promises (BEHAVIOUR §3), each law as a judgement of a {@link History}. Pure.
 *
 * <p>A law judges only what a history shows: who was {@link Attendance#INTERRUPTED} may have missed
 * what came meanwhile, and an observer without versions proves nothing about versions.
 */
public enum Law {
  NOTHING_ACKNOWLEDGED_IS_LOST {
    @Override
    void examine(History history, Trial trial) {
      Map<String, Long> changes =
          history.sent().stream()
              .filter(sent -> sent.kind() != Kind.MESSAGE)
              .collect(Collectors.groupingBy(Sent::topic, Collectors.counting()));
      for (Observer observer : history.observers()) {
        Set<Write> seen = seen(observer);
        for (Sent sent : history.sent()) {
          boolean isOnlyChange = changes.getOrDefault(sent.topic(), 0L) == 1;
          if (sent.acknowledged() && observer.mustSee(sent, isOnlyChange)) {
            trial.expect(
                seen.contains(sent.write()),
                () ->
                    "%s was acknowledged by %s and never told to %s"
                        .formatted(sent.write(), sent.node(), observer.name()));
          }
        }
      }
    }
  },

  NO_ROW_IS_OLDER_THAN_AN_ACKNOWLEDGED_WRITE {
    @Override
    void examine(History history, Trial trial) {
      Map<String, List<Sent>> deletes =
          history.sent().stream()
              .filter(sent -> sent.kind() == Kind.DELETE)
              .collect(Collectors.groupingBy(Sent::topic));
      for (Sent sent : history.sent()) {
        if (sent.acknowledged() && sent.kind() != Kind.MESSAGE) {
          history
              .rows()
              .forEach((node, rows) ->
                  trial.expect(
                      isNotOlder(sent, rows.get(sent.topic()), deletes),
                      () ->
                          "%s holds %s in row %s though %s of %s was acknowledged"
                              .formatted(
                                  node,
                                  rows.get(sent.topic()),
                                  sent.topic(),
                                  sent.kind(),
                                  sent.write())));
        }
      }
    }
  },

  NOTHING_IS_TOLD_TWICE {
    @Override
    void examine(History history, Trial trial) {
      for (Observer observer : history.observers()) {
        Set<Write> seen = new HashSet<>();
        for (Sighting sighting : observer.sightings()) {
          sighting
              .write()
              .ifPresent(write ->
                  trial.expect(
                      seen.add(write) || observer.interest().mayRepeat(),
                      () -> "%s was told %s again".formatted(observer.name(), sighting)));
        }
      }
    }
  },

  NOTHING_IS_INVENTED {
    @Override
    void examine(History history, Trial trial) {
      Map<Write, Sent> sent = sentByName(history);
      for (Observer observer : history.observers()) {
        for (Sighting sighting : observer.sightings()) {
          sighting
              .write()
              .ifPresent(write -> {
                Sent original = sent.get(write);
                trial.expect(
                    original != null
                        && original.kind() == sighting.kind()
                        && original.topic().equals(sighting.topic()),
                    () ->
                        "%s was told %s, but what was sent is %s"
                            .formatted(observer.name(), sighting, original));
              });
        }
      }
    }
  },

  THE_ORDER_OF_EACH_WRITER_IS_KEPT {
    @Override
    void examine(History history, Trial trial) {
      for (Observer observer : history.observers()) {
        Map<String, Integer> last = new HashMap<>();
        for (Sighting sighting : observer.inOrder()) {
          sighting
              .write()
              .ifPresent(write -> {
                Integer before = last.put(chain(sighting, write), write.number());
                trial.expect(
                    before == null || before < write.number(),
                    () -> "%s was told %s after #%s".formatted(observer.name(), sighting, before));
              });
        }
      }
    }
  },

  NO_VERSION_GOES_BACK {
    @Override
    void examine(History history, Trial trial) {
      for (Observer observer : history.observers()) {
        Map<String, Long> last = new HashMap<>();
        for (Sighting sighting : observer.sightings()) {
          if (sighting.isOfRow() && sighting.version() != 0) {
            Long before = last.put(sighting.topic(), sighting.version());
            trial.expect(
                before == null || before <= sighting.version(),
                () ->
                    "%s was told %s after version %s"
                        .formatted(
                            observer.name(), sighting, before == null ? "" : before / 4096.0));
          }
        }
      }
    }
  },

  THE_LATEST_VERSION_WINS {
    @Override
    void examine(History history, Trial trial) {
      winners(history)
          .forEach((topic, winner) ->
              history
                  .rows()
                  .forEach((node, rows) ->
                      trial.expect(
                          winner.write().equals(Optional.ofNullable(rows.get(topic))),
                          () ->
                              "%s holds %s in row %s, but the latest is %s"
                                  .formatted(node, rows.get(topic), topic, winner))));
    }
  },

  THE_LAST_EVENT_IS_THE_ROW {
    @Override
    void examine(History history, Trial trial) {
      for (Observer observer : history.observers()) {
        Map<String, Write> rows = history.rows().getOrDefault(observer.node(), Map.of());
        if (observer.attendance() != Attendance.INTERRUPTED) {
          lastOfEachTopic(observer)
              .forEach((topic, last) ->
                  trial.expect(
                      last.write().equals(Optional.ofNullable(rows.get(topic))),
                      () ->
                          "%s was told last %s, but %s holds %s"
                              .formatted(observer.name(), last, observer.node(), rows.get(topic))));
        }
      }
    }
  },

  ALL_NODES_HOLD_THE_SAME_ROWS {
    @Override
    void examine(History history, Trial trial) {
      Set<String> topics = new HashSet<>();
      history.rows().values().forEach(rows -> topics.addAll(rows.keySet()));
      for (String topic : topics) {
        Map<String, Write> held = new TreeMap<>();
        history
            .rows()
            .forEach(
                (node, rows) -> held.put(node, rows.getOrDefault(topic, new Write("nobody", 0))));
        trial.expect(
            new HashSet<>(held.values()).size() == 1, () -> "row %s is %s".formatted(topic, held));
      }
    }
  };

  abstract void examine(History history, Trial trial);

  /** What this law says of {@code history}. */
  public Verdict judge(History history) {
    Trial trial = new Trial(this);
    examine(history, trial);
    return trial.verdict();
  }

  /** The law as a sentence. */
  @Override
  public String toString() {
    String words = name().replace('_', ' ').toLowerCase(Locale.ROOT);
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static Set<Write> seen(Observer observer) {
    return observer.sightings().stream()
        .map(Sighting::write)
        .flatMap(Optional::stream)
        .collect(Collectors.toSet());
  }

  private static Map<Write, Sent> sentByName(History history) {
    return history.sent().stream().collect(Collectors.toMap(Sent::write, sent -> sent));
  }

  /** The event of each topic's row with the latest version that any observer was told. */
  private static Map<String, Sighting> winners(History history) {
    Map<String, Sighting> winners = new HashMap<>();
    for (Sighting sighting : rowEvents(history)) {
      winners.merge(sighting.topic(), sighting, (a, b) -> a.version() >= b.version() ? a : b);
    }
    return winners;
  }

  private static Collection<Sighting> rowEvents(History history) {
    List<Sighting> events = new ArrayList<>();
    for (Observer observer : history.observers()) {
      for (Sighting sighting : observer.sightings()) {
        if (sighting.isOfRow() && sighting.version() != 0) {
          events.add(sighting);
        }
      }
    }
    return events;
  }

  private static Map<String, Sighting> lastOfEachTopic(Observer observer) {
    Map<String, Sighting> last = new HashMap<>();
    for (Sighting sighting : observer.sightings()) {
      if (sighting.isOfRow()) {
        last.put(sighting.topic(), sighting);
      }
    }
    return last;
  }

  /** Only the writes of one writer have an order that is known without versions. */
  private static boolean isNotOlder(
      Sent sent, @Nullable Write row, Map<String, List<Sent>> deletesOfTopics) {
    Write write = sent.write();
    if (row == null) {
      return deletesOfTopics.getOrDefault(sent.topic(), List.of()).stream()
          .map(Sent::write)
          .anyMatch(delete ->
              !delete.writer().equals(write.writer()) || delete.number() >= write.number());
    }
    return !row.writer().equals(write.writer())
        || row.number() > write.number()
        || (row.number() == write.number() && sent.kind() == Kind.PUT);
  }

  /**
   * Messages of one writer are one chain; its rows are one each, because who catches up by a copy
   * of the rows is told of them in any order.
   */
  private static String chain(Sighting sighting, Write write) {
    return sighting.isOfRow() ? write.writer() + " on " + sighting.topic() : write.writer();
  }
}
