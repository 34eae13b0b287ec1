package dev.lyrebird.replication;

import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.journal.Write;
import dev.lyrebird.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Bugs that replicas could have, each planted at the edge of a node that has none. */
enum PlantedBug implements Flaw {

  /** Changes are taken in although others before them are missing. */
  TAKES_IN_ACROSS_GAPS {
    @Override
    public Message received(SimulatedNode by, long from, Message message) {
      return message instanceof Message.Delta delta
          ? new Message.Delta(
              VersionVector.EMPTY, delta.pages(), delta.head(), delta.isAnswer(), delta.isEager())
          : message;
    }
  },

  /** What a push has lost is never asked for. */
  NEVER_PULLS {
    @Override
    public @Nullable Message received(SimulatedNode by, long from, Message message) {
      return message instanceof Message.Pull ? null : message;
    }
  },

  /** Subscribers are told twice. */
  DELIVERS_TWICE {
    @Override
    public List<Effect> decided(List<Effect> effects) {
      List<Effect> twice = new ArrayList<>(effects);
      effects.stream().filter(Effect.Deliver.class::isInstance).forEach(twice::add);
      return twice;
    }
  },

  /** Subscribers are told of changes that a later one came before. */
  DELIVERS_WHAT_LOST {
    @Override
    public List<Effect> decided(List<Effect> effects) {
      return effects.stream().map(PlantedBug::withoutSuperseded).toList();
    }
  },

  /** Subscribers go on as if nothing had been when rows were taken over. */
  FORGETS_TO_RESET {
    @Override
    public List<Effect> decided(List<Effect> effects) {
      return effects.stream().filter(effect -> !(effect instanceof Effect.Reset)).toList();
    }
  },

  /** Changes that lost are not handed on, though the vector says so. */
  KEEPS_WHAT_LOST_TO_ITSELF {
    @Override
    public Message sent(SimulatedNode by, Message message) {
      return message instanceof Message.Delta delta
          ? new Message.Delta(
              delta.after(),
              delta.pages().stream().map(PlantedBug::withoutFirstLost).toList(),
              delta.head(),
              delta.isAnswer(),
              delta.isEager())
          : message;
    }
  },

  /** Nobody is handed what came of a node that is gone, though others lack it. */
  HANDS_ON_NOTHING_OF_WHO_IS_GONE {
    @Override
    public Message sent(SimulatedNode by, Message message) {
      return message instanceof Message.Delta delta
          ? new Message.Delta(
              delta.after(),
              delta.pages().stream()
                  .filter(page -> !isGone(EntryCodec.head(page).origin(), by))
                  .toList(),
              delta.head(),
              delta.isAnswer(),
              delta.isEager())
          : message;
    }
  },

  /** Subscribers are not told of what one node hands on of several. */
  TELLS_NOTHING_OF_WHAT_IS_HANDED_ON {
    @Override
    public List<Effect> decided(List<Effect> effects) {
      return effects.stream().filter(effect -> !isOfSeveral(effect)).toList();
    }
  },

  /** A node that has lost the end of its journal writes in its old name, and asks nobody. */
  KEEPS_ITS_NAME_AFTER_A_LOSS {
    @Override
    public void opened(SimulatedNode node, Table table) {
      byte[] memory = table.memory();
      if (memory != null) {
        Memory kept = Memory.decode(memory);
        Memory alone =
            new Memory(
                kept.origin(),
                kept.since(),
                kept.adopted(),
                kept.claimed(),
                kept.isTorn(),
                Map.of());
        table.remember(alone.encode());
      }
    }
  },

  /** Writes are taken before the name is chosen in which to write. */
  WRITES_BEFORE_IT_IS_READY {
    @Override
    public boolean waitsUntilReady() {
      return false;
    }
  },

  /** A replica says that it has what it has only heard of. */
  CLAIMS_BEFORE_IT_APPLIES {
    @Override
    public Message sent(SimulatedNode by, Message message) {
      return message instanceof Message.Status status
          ? withVector(status, heard(by, status.vector()))
          : message;
    }
  },

  /** A row that was deleted elsewhere is kept when rows are taken over. */
  TAKES_OVER_WITHOUT_DROPPING {
    @Override
    public Message received(SimulatedNode by, long from, Message message) {
      return message instanceof Message.Rows rows ? withOwnRows(by, rows) : message;
    }
  },

  /** Rows are said to cover what came after they were read. */
  COVERS_WHAT_CAME_AFTER_THE_ROWS {
    @Override
    public Message received(SimulatedNode by, long from, Message message) {
      return message instanceof Message.Rows rows
          ? new Message.Rows(
              rows.reading(),
              rows.page(),
              heard(by, rows.covers()),
              rows.folded(),
              rows.rows(),
              rows.isLast())
          : message;
    }
  },

  /** A page of rows is lost, and nobody notices. */
  DROPS_A_PAGE_OF_ROWS {
    @Override
    public Message sent(SimulatedNode by, Message message) {
      return message instanceof Message.Rows rows && rows.page() == 0
          ? new Message.Rows(
              rows.reading(), 0, rows.covers(), rows.folded(), List.of(), rows.isLast())
          : message;
    }
  },

  /** Rows forget how they came about while changes are still on their way. */
  FOLDS_TOO_EARLY {
    @Override
    public void ticked(SimulatedNode node, Table table) {
      table.stableUntil(Timestamp.timeOfMillis(node.wall.instant().toEpochMilli()));
      table.fold(1000);
    }
  },

  /** A replica that was forgotten is let in with all its old changes. */
  LETS_IN_WHO_WAS_FORGOTTEN {
    @Override
    public Message received(SimulatedNode by, long from, Message message) {
      return message instanceof Message.Status status ? asNew(status) : message;
    }
  },

  /** The end of a row is a DELETE like any other, and takes later writes with it. */
  ENDS_ROWS_BY_DELETE {
    @Override
    public Table.Commit expire(Table table, long millis, LongUnaryOperator until, int limit) {
      List<Table.Request> requests = new ArrayList<>();
      for (String id : Workload.IDS) {
        Row row = table.read(id);
        if (row != null && row.expiresAtMillis() != 0 && row.expiresAtMillis() <= millis) {
          requests.add(new Table.Request(Write.delete(id), Condition.NONE));
        }
      }
      return table.write(requests);
    }
  };

  private static Effect withoutSuperseded(Effect effect) {
    return effect instanceof Effect.Deliver(Table.Commit commit)
        ? new Effect.Deliver(
            new Table.Commit(
                commit.before(),
                commit.entries().stream().map(PlantedBug::asIfItWon).toList(),
                commit.pages(),
                commit.outcomes()))
        : effect;
  }

  private static Entry asIfItWon(Entry entry) {
    return new Entry(entry.position(), entry.localTime(), entry.change(), entry.merged());
  }

  /** A page keeps at least its last entry, by which its vector is told. */
  private static byte[] withoutFirstLost(byte[] page) {
    List<Entry> entries = EntryCodec.decode(page);
    return entries.size() > 1 && entries.getFirst().isSuperseded()
        ? EntryCodec.encode(entries.subList(1, entries.size()))
        : page;
  }

  private static boolean isGone(long origin, SimulatedNode node) {
    return node.replica().progress().stream()
        .anyMatch(peer -> peer.node() == origin && !peer.isPresent());
  }

  private static boolean isOfSeveral(Effect effect) {
    return effect instanceof Effect.Deliver(Table.Commit commit)
        && commit.entries().stream()
                .map(entry -> entry.change().timestamp().node())
                .distinct()
                .count()
            > 1;
  }

  /** Returns a vector with all that a node's peers are known to have. */
  private static VersionVector heard(SimulatedNode node, VersionVector vector) {
    VersionVector heard = vector;
    for (PeerProgress peer : node.replica().progress()) {
      heard = peer.isKnown() ? heard.join(peer.vector()) : heard;
    }
    return heard.join(node.vector());
  }

  private static Message withVector(Message.Status status, VersionVector vector) {
    return new Message.Status(
        status.origin(),
        vector,
        status.wallTime(),
        status.promise(),
        status.seen(),
        status.folded(),
        status.since(),
        status.adopted(),
        status.isAdopting(),
        status.known(),
        status.company(),
        status.isAnswer(),
        status.wantsAnswer());
  }

  private static Message asNew(Message.Status status) {
    return new Message.Status(
        status.origin(),
        status.vector(),
        status.wallTime(),
        status.promise(),
        status.seen(),
        0,
        Long.MAX_VALUE,
        VersionVector.EMPTY,
        status.isAdopting(),
        status.known(),
        status.company(),
        status.isAnswer(),
        status.wantsAnswer());
  }

  private static Message withOwnRows(SimulatedNode node, Message.Rows rows) {
    if (rows.page() > 0 || !rows.isLast()) {
      return rows;
    }
    Map<String, Table.StoredRow> all = new TreeMap<>();
    try (Table.RowReading reading = node.table().scan("")) {
      while (reading.next()) {
        all.put(reading.id(), reading.stored());
      }
    }
    rows.rows().forEach(row -> all.put(row.id(), row));
    return new Message.Rows(
        rows.reading(), 0, rows.covers(), rows.folded(), List.copyOf(all.values()), true);
  }
}
