package dev.lyrebird.mqtt;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.resource.Nodes;
import dev.lyrebird.resource.Tables;
import dev.lyrebird.schema.SystemTables;
import dev.lyrebird.schema.TableDefinition;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the latest that any node knows of a session, or of a group: its row, or that it has ended.
 * Whoever held it has written its row before it let go of it, but that row may still be on its way,
 * or this node may have just come back: so all nodes that are there are asked, and waited for as
 * long as a take-over is, but for those that are only just starting.
 *
 * <p>One for the whole node; any thread may call. What happens is taken up one at a time, by a
 * thread that calls.
 */
public final class SessionFinder {

  private static final Logger log = LoggerFactory.getLogger(SessionFinder.class);

  private static final String BOX = "sessions";
  private static final int QUESTION = 1;
  private static final int ANSWER = 2;

  // What an answer tells.
  private static final int NOTHING = 0;
  private static final int ROW = 1;
  private static final int ENDED = 2;

  private final OneAtATime turns = new OneAtATime();
  private final Nodes nodes;
  private final int timeoutMillis;
  private final Map<Long, Question> open = new HashMap<>();
  private long last;

  /** Reads rows for other nodes; null before a door is open. */
  private volatile @Nullable Reader reader;

  private record Reader(Tables tables, Executor loop) {}

  /**
   * What a node knows of a session: its row, or that it has ended.
   *
   * @param version of the row, or of the change that took it away
   * @param state as {@link SessionStateCodec} or {@link GroupStateCodec} writes it; null where
   *     there is no row any more
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Found(Timestamp version, byte @Nullable [] state) {}

  private static final class Question {

    final Set<Long> awaited;
    final long deadlineMillis;
    final Consumer<@Nullable Found> asker;
    @Nullable Found latest;

    Question(List<Long> awaited, long deadlineMillis, Consumer<@Nullable Found> asker) {
      this.awaited = new HashSet<>(awaited);
      this.deadlineMillis = deadlineMillis;
      this.asker = asker;
    }
  }

  /**
   * @param nodes the other nodes
   * @param timeoutMillis how long they are waited for
   */
  public SessionFinder(Nodes nodes, int timeoutMillis) {
    this.nodes = nodes;
    this.timeoutMillis = timeoutMillis;
    nodes.listen(BOX, new Letters());
  }

  /** Has rows read for other nodes on an event loop; the first that offers itself is taken. */
  void readBy(Tables tables, Executor loop) {
    turns.execute(() -> {
      if (reader == null) {
        reader = new Reader(tables, loop);
      }
    });
  }

  /**
   * Asks the other nodes what they know of a session, or of a group.
   *
   * @param table a system table
   * @param asker is told by any thread, perhaps before this method returns: the latest that they
   *     know, or null where they know nothing
   */
  void find(TableDefinition table, String id, Consumer<@Nullable Found> asker) {
    turns.execute(() -> {
      List<Long> present = nodes.present();
      if (present.isEmpty()) {
        asker.accept(null);
        return;
      }
      long number = ++last;
      open.put(number, new Question(present, steadyMillis() + timeoutMillis, asker));
      ByteWriter letter = letter(QUESTION, number);
      letter.string(table.table());
      letter.string(id);
      present.forEach(node -> nodes.send(node, BOX, letter.toByteArray()));
    });
  }

  /** Lets time pass. */
  public void tick() {
    turns.execute(() -> {
      long now = steadyMillis();
      settle(question -> question.deadlineMillis <= now);
    });
  }

  private void settle(Predicate<Question> isSettled) {
    List<Question> settled =
        open.values().stream()
            .filter(question -> question.awaited.isEmpty() || isSettled.test(question))
            .toList();
    open.values().removeAll(settled);
    settled.forEach(question -> question.asker.accept(question.latest));
  }

  private static ByteWriter letter(int kind, long number) {
    ByteWriter letter = new ByteWriter(64);
    letter.octet(kind);
    letter.varint(number);
    return letter;
  }

  private static long steadyMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  private static TableDefinition table(String name) {
    return SystemTables.ALL.stream()
        .filter(table -> table.table().equals(name))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException("no system table is named " + name));
  }

  private void read(long from, long number, TableDefinition table, String id) {
    Reader by = reader;
    if (by == null) {
      answer(from, number, null);
      return;
    }
    by.loop.execute(() -> by.tables.known(table, id, known -> answer(from, number, found(known))));
  }

  private static @Nullable Found found(Tables.Known known) {
    Row row = known.row();
    return known.version().equals(Timestamp.NONE)
        ? null
        : new Found(known.version(), row == null ? null : row.payload().bytes());
  }

  private void answer(long to, long number, @Nullable Found found) {
    ByteWriter letter = letter(ANSWER, number);
    letter.octet(found == null ? NOTHING : found.state() == null ? ENDED : ROW);
    if (found != null) {
      letter.fixed64(found.version().time());
      letter.fixed64(found.version().node());
    }
    if (found != null && found.state() != null) {
      letter.bytes(found.state());
    }
    nodes.send(to, BOX, letter.toByteArray());
  }

  private static @Nullable Found found(ByteBuffer in) {
    int what = in.get();
    if (what == NOTHING) {
      return null;
    }
    Timestamp version = new Timestamp(in.getLong(), in.getLong());
    return new Found(version, what == ENDED ? null : ByteReader.bytes(in));
  }

  private void answered(long from, long number, @Nullable Found found) {
    Question question = open.get(number);
    if (question == null || !question.awaited.remove(from)) {
      return;
    }
    Found latest = question.latest;
    if (found != null && (latest == null || found.version().isAfter(latest.version()))) {
      question.latest = found;
    }
    settle(any -> false);
  }

  /** What is heard of other nodes. */
  private final class Letters implements Nodes.Listener {

    @Override
    public void joined(long node) {
      // It is asked from the next question on.
    }

    @Override
    public void left(long node) {
      turns.execute(() -> {
        open.values().forEach(question -> question.awaited.remove(node));
        settle(any -> false);
      });
    }

    /** It has not got the question, and is not asked again. */
    @Override
    public void doesNotListen(long node) {
      left(node);
    }

    @Override
    public void letter(long from, byte[] letter) {
      try {
        ByteBuffer in = ByteBuffer.wrap(letter);
        int kind = in.get();
        long number = ByteReader.varint(in);
        if (kind == QUESTION) {
          read(from, number, table(ByteReader.string(in)), ByteReader.string(in));
        } else if (kind == ANSWER) {
          Found found = found(in);
          turns.execute(() -> answered(from, number, found));
        } else {
          throw new IllegalArgumentException("a letter of kind " + kind);
        }
      } catch (BufferUnderflowException | ArithmeticException | IllegalArgumentException e) {
        log.atWarn()
            .addKeyValue("from", Long.toHexString(from))
            .addKeyValue("reason", e.getMessage())
            .log("a letter of another node about a session cannot be read and is dropped");
      }
    }
  }
}
