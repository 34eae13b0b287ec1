package dev.lyrebird.replication;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.VersionVector;
import dev.lyrebird.table.Table;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Messages as bytes: the version of this format, the sender's node id (8 bytes), a kind, and the
 * fields in the order of their records.
 */
public final class MessageCodec {

  private static final int FORMAT = 1;

  private static final int DELTA = 0;
  private static final int STATUS = 1;
  private static final int PULL = 2;
  private static final int BEYOND = 3;
  private static final int ASK_ROWS = 4;
  private static final int ROWS = 5;

  private MessageCodec() {}

  /**
   * A message and who sent it.
   *
   * @param from the sender's node id
   */
  public record Letter(long from, Message message) {}

  /** Returns a message as bytes. */
  public static byte[] encode(long from, Message message) {
    ByteWriter out = new ByteWriter(128);
    out.octet(FORMAT);
    out.fixed64(from);
    switch (message) {
      case Message.Delta delta -> {
        out.octet(DELTA);
        delta.after().encode(out);
        delta.head().encode(out);
        flag(out, delta.isAnswer());
        flag(out, delta.isEager());
        out.varint(delta.pages().size());
        delta.pages().forEach(out::bytes);
      }
      case Message.Status status -> {
        out.octet(STATUS);
        out.fixed64(status.origin());
        status.vector().encode(out);
        out.varint(status.wallTime());
        out.varint(status.promise());
        out.varint(status.seen());
        out.varint(status.folded());
        out.varint(status.since());
        status.adopted().encode(out);
        flag(out, status.isAdopting());
        out.varint(status.known().size());
        status.known().forEach(out::fixed64);
        out.varint(status.company());
        flag(out, status.isAnswer());
        flag(out, status.wantsAnswer());
      }
      case Message.Pull pull -> {
        out.octet(PULL);
        pull.covered().encode(out);
      }
      case Message.Beyond beyond -> out.octet(BEYOND);
      case Message.AskRows ask -> {
        out.octet(ASK_ROWS);
        out.fixed64(ask.reading());
        out.varint(ask.page());
        flag(out, ask.isAnew());
      }
      case Message.Rows rows -> {
        out.octet(ROWS);
        out.fixed64(rows.reading());
        out.varint(rows.page());
        rows.covers().encode(out);
        out.varint(rows.folded());
        flag(out, rows.isLast());
        out.varint(rows.rows().size());
        for (Table.StoredRow row : rows.rows()) {
          out.string(row.id());
          out.bytes(row.state());
        }
      }
    }
    return out.toByteArray();
  }

  private static void flag(ByteWriter out, boolean value) {
    out.octet(value ? 1 : 0);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException where the bytes are no message of this format
   */
  public static Letter decode(byte[] bytes) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "a message of format %d, but this node speaks %d".formatted(format, FORMAT));
      }
      Letter letter = new Letter(in.getLong(), message(in));
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a message");
      }
      return letter;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a message ends early or holds nonsense", e);
    }
  }

  private static Message message(ByteBuffer in) {
    int kind = in.get();
    return switch (kind) {
      case DELTA -> {
        VersionVector after = VersionVector.decode(in);
        VersionVector head = VersionVector.decode(in);
        boolean isAnswer = flag(in);
        boolean isEager = flag(in);
        List<byte[]> pages = new ArrayList<>();
        for (long left = ByteReader.varint(in); left > 0; left--) {
          pages.add(ByteReader.bytes(in));
        }
        yield new Message.Delta(after, pages, head, isAnswer, isEager);
      }
      case STATUS ->
          new Message.Status(
              in.getLong(),
              VersionVector.decode(in),
              ByteReader.varint(in),
              ByteReader.varint(in),
              ByteReader.varint(in),
              ByteReader.varint(in),
              ByteReader.varint(in),
              VersionVector.decode(in),
              flag(in),
              known(in),
              Math.toIntExact(ByteReader.varint(in)),
              flag(in),
              flag(in));
      case PULL -> new Message.Pull(VersionVector.decode(in));
      case BEYOND -> new Message.Beyond();
      case ASK_ROWS ->
          new Message.AskRows(in.getLong(), Math.toIntExact(ByteReader.varint(in)), flag(in));
      case ROWS -> {
        long reading = in.getLong();
        int page = Math.toIntExact(ByteReader.varint(in));
        VersionVector covers = VersionVector.decode(in);
        long folded = ByteReader.varint(in);
        boolean isLast = flag(in);
        List<Table.StoredRow> rows = new ArrayList<>();
        for (long left = ByteReader.varint(in); left > 0; left--) {
          rows.add(new Table.StoredRow(ByteReader.string(in), ByteReader.bytes(in)));
        }
        yield new Message.Rows(reading, page, covers, folded, rows, isLast);
      }
      default -> throw new IllegalArgumentException("a message of the unknown kind " + kind);
    };
  }

  private static Set<Long> known(ByteBuffer in) {
    Set<Long> known = new TreeSet<>();
    for (long left = ByteReader.varint(in); left > 0; left--) {
      known.add(in.getLong());
    }
    return known;
  }

  private static boolean flag(ByteBuffer in) {
    return in.get() != 0;
  }
}
