package dev.lyrebird.journal;

import dev.lyrebird.journal.PublishProperties.UserProperty;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries as bytes: the form in which they lie in the journal, many to a page.
 *
 * <p>A page is: local time (varint), node (8 bytes), position of the first entry (varint), number
 * of entries (varint), time of the last entry (varint), then per entry one byte of kind, quality of
 * service and flags, the time as a varint of the distance to the entry before, and the fields that
 * the flags announce. All entries of a page are of one origin and were applied at one local time.
 */
public final class EntryCodec {

  private static final int KIND_MASK = 0b11;
  private static final int QOS_SHIFT = 2;
  private static final int TYPED = 1 << 4;
  private static final int PROPERTIES = 1 << 5;
  private static final int MERGED = 1 << 6;
  private static final int RARE = 1 << 7;

  /** Flags within what is rare. */
  private static final int USER = 1;

  private static final int RANKED = 1 << 1;
  private static final int SUPERSEDED = 1 << 2;

  private EntryCodec() {}

  /**
   * Returns entries as one page.
   *
   * @param entries at least one, with successive positions, of one origin and one local time
   */
  public static byte[] encode(List<Entry> entries) {
    Entry first = entries.getFirst();
    ByteWriter out = new ByteWriter(32 + 64 * entries.size());
    out.varint(first.localTime());
    out.fixed64(first.change().timestamp().node());
    out.varint(first.position());
    out.varint(entries.size());
    out.varint(entries.getLast().change().timestamp().time());
    long time = 0;
    for (Entry entry : entries) {
      encode(out, entry, time);
      time = entry.change().timestamp().time();
    }
    return out.toByteArray();
  }

  /**
   * Returns a page with the same entries at other positions, as if they had been encoded anew.
   *
   * @param page of entries that mean the same there: none is merged or superseded
   * @param localTime when they are applied there
   * @param firstPosition of the first entry there
   */
  public static byte[] moved(byte[] page, long localTime, long firstPosition) {
    ByteBuffer in = ByteBuffer.wrap(page);
    ByteReader.varint(in);
    long node = in.getLong();
    ByteReader.varint(in);
    ByteWriter out = new ByteWriter(page.length + 2 * Long.BYTES);
    out.varint(localTime);
    out.fixed64(node);
    out.varint(firstPosition);
    out.octets(page, in.position(), in.remaining());
    return out.toByteArray();
  }

  private static void encode(ByteWriter out, Entry entry, long previousTime) {
    Change change = entry.change();
    Write write = change.write();
    Payload payload = write.payload();
    boolean ranked = change.rankTime() != change.timestamp().time();
    boolean rare =
        write.publisher() != 0
            || write.expiresAtMillis() != 0
            || write.user() != null
            || change.createdMillis() != 0
            || ranked
            || entry.isSuperseded();
    out.octet(
        code(write.kind())
            | (write.qos() << QOS_SHIFT)
            | (payload.contentType() == null ? 0 : TYPED)
            | (payload.properties() == null ? 0 : PROPERTIES)
            | (entry.merged() == null ? 0 : MERGED)
            | (rare ? RARE : 0));
    out.varint(entry.change().timestamp().time() - previousTime);
    out.string(write.id());
    encode(out, payload);
    if (rare) {
      out.fixed64(write.publisher());
      out.varint(write.expiresAtMillis());
      out.varint(change.createdMillis());
      out.octet(
          (write.user() == null ? 0 : USER)
              | (ranked ? RANKED : 0)
              | (entry.isSuperseded() ? SUPERSEDED : 0));
      if (write.user() != null) {
        out.string(write.user());
      }
      if (ranked) {
        out.varint(change.rankTime());
      }
    }
    Entry.Merged merged = entry.merged();
    if (merged != null) {
      out.fixed64(merged.version().time());
      out.fixed64(merged.version().node());
      out.varint(merged.createdMillis());
      out.octet(
          (merged.payload().contentType() == null ? 0 : TYPED)
              | (merged.payload().properties() == null ? 0 : PROPERTIES));
      encode(out, merged.payload());
    }
  }

  private static int code(Write.Kind kind) {
    return switch (kind) {
      case PUT -> 0;
      case PATCH -> 1;
      case DELETE -> 2;
      case MESSAGE -> 3;
    };
  }

  private static Write.Kind kind(int code) {
    return switch (code) {
      case 0 -> Write.Kind.PUT;
      case 1 -> Write.Kind.PATCH;
      case 2 -> Write.Kind.DELETE;
      default -> Write.Kind.MESSAGE;
    };
  }

  private static void encode(ByteWriter out, Payload payload) {
    out.bytes(payload.bytes());
    if (payload.contentType() != null) {
      out.string(payload.contentType());
    }
    PublishProperties properties = payload.properties();
    if (properties != null) {
      out.octet(
          (properties.utf8() ? 1 : 0)
              | (properties.responseTopic() == null ? 0 : 2)
              | (properties.correlationData() == null ? 0 : 4));
      if (properties.responseTopic() != null) {
        out.string(properties.responseTopic());
      }
      if (properties.correlationData() != null) {
        out.bytes(properties.correlationData());
      }
      out.varint(properties.userProperties().size());
      for (UserProperty property : properties.userProperties()) {
        out.string(property.name());
        out.string(property.value());
      }
    }
  }

  /**
   * Writes a payload alone, in the form that {@link #decodePayload} reads.
   *
   * @param out where it goes
   * @param payload what to write
   */
  public static void encodePayload(ByteWriter out, Payload payload) {
    out.octet(
        (payload.contentType() == null ? 0 : TYPED)
            | (payload.properties() == null ? 0 : PROPERTIES));
    encode(out, payload);
  }

  /** Reads what {@link #encodePayload} wrote. */
  public static Payload decodePayload(ByteBuffer in) {
    return payload(in, in.get());
  }

  /**
   * Reads a page.
   *
   * @throws IllegalArgumentException where the bytes are not a whole page
   */
  public static List<Entry> decode(byte[] page) {
    try {
      ByteBuffer in = ByteBuffer.wrap(page);
      long localTime = ByteReader.varint(in);
      long node = in.getLong();
      long position = ByteReader.varint(in);
      int count = Math.toIntExact(ByteReader.varint(in));
      ByteReader.varint(in); // the time of the last entry, which follows
      List<Entry> entries = new ArrayList<>(Math.min(count, page.length));
      long time = 0;
      for (int i = 0; i < count; i++) {
        int flags = in.get();
        time += ByteReader.varint(in);
        entries.add(entry(in, flags, position + i, localTime, new Timestamp(time, node)));
      }
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in a journal page");
      }
      return entries;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a journal page ends early or holds nonsense", e);
    }
  }

  /**
   * Reads of a page only some entries; the others are passed over at a fraction of the cost.
   *
   * @param positions of entries of the page, ascending, from an index to another
   * @throws IllegalArgumentException where the bytes are not a page with these entries
   */
  public static List<Entry> decode(byte[] page, long[] positions, int from, int to) {
    try {
      ByteBuffer in = ByteBuffer.wrap(page);
      long localTime = ByteReader.varint(in);
      long node = in.getLong();
      long position = ByteReader.varint(in);
      ByteReader.varint(in); // how many entries
      ByteReader.varint(in); // the time of the last
      List<Entry> entries = new ArrayList<>(to - from);
      long time = 0;
      for (int next = from; next < to; position++) {
        int flags = in.get();
        time += ByteReader.varint(in);
        if (position == positions[next]) {
          entries.add(entry(in, flags, position, localTime, new Timestamp(time, node)));
          next++;
        } else {
          skipEntry(in, flags);
        }
      }
      return entries;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("a journal page ends early or holds nonsense", e);
    }
  }

  /** Passes over what {@link #entry} reads. */
  private static void skipEntry(ByteBuffer in, int flags) {
    ByteReader.skip(in); // id
    skipPayload(in, flags);
    if ((flags & RARE) != 0) {
      in.getLong();
      ByteReader.varint(in);
      ByteReader.varint(in);
      int more = in.get();
      if ((more & USER) != 0) {
        ByteReader.skip(in);
      }
      if ((more & RANKED) != 0) {
        ByteReader.varint(in);
      }
    }
    if ((flags & MERGED) != 0) {
      in.position(in.position() + 2 * Long.BYTES);
      ByteReader.varint(in);
      skipPayload(in, in.get());
    }
  }

  private static void skipPayload(ByteBuffer in, int flags) {
    ByteReader.skip(in);
    if ((flags & TYPED) != 0) {
      ByteReader.skip(in);
    }
    if ((flags & PROPERTIES) != 0) {
      int has = in.get();
      if ((has & 2) != 0) {
        ByteReader.skip(in);
      }
      if ((has & 4) != 0) {
        ByteReader.skip(in);
      }
      for (long strings = 2 * ByteReader.varint(in); strings > 0; strings--) {
        ByteReader.skip(in);
      }
    }
  }

  /**
   * What stands in front of a page.
   *
   * @param localTime when its entries were applied
   * @param origin of all its entries
   * @param firstPosition of its first entry
   * @param entries how many there are
   * @param lastTime the time of its last entry
   */
  public record Head(long localTime, long origin, long firstPosition, long entries, long lastTime) {

    /** Returns the position of the page's last entry. */
    public long lastPosition() {
      return firstPosition + entries - 1;
    }

    /** Returns the name of the page's last entry. */
    public Timestamp last() {
      return new Timestamp(lastTime, origin);
    }
  }

  /** Reads what stands in front of a page, without reading its entries. */
  public static Head head(byte[] page) {
    ByteBuffer in = ByteBuffer.wrap(page);
    long localTime = ByteReader.varint(in);
    long origin = in.getLong();
    return new Head(
        localTime, origin, ByteReader.varint(in), ByteReader.varint(in), ByteReader.varint(in));
  }

  private static Entry entry(
      ByteBuffer in, int flags, long position, long localTime, Timestamp timestamp) {
    String id = ByteReader.string(in);
    Payload payload = payload(in, flags);
    long publisher = 0;
    long expiresAtMillis = 0;
    long createdMillis = 0;
    long rankTime = timestamp.time();
    boolean superseded = false;
    String user = null;
    if ((flags & RARE) != 0) {
      publisher = in.getLong();
      expiresAtMillis = ByteReader.varint(in);
      createdMillis = ByteReader.varint(in);
      int more = in.get();
      user = (more & USER) == 0 ? null : ByteReader.string(in);
      rankTime = (more & RANKED) == 0 ? rankTime : ByteReader.varint(in);
      superseded = (more & SUPERSEDED) != 0;
    }
    Entry.Merged merged = null;
    if ((flags & MERGED) != 0) {
      Timestamp version = new Timestamp(in.getLong(), in.getLong());
      long mergedCreatedMillis = ByteReader.varint(in);
      merged = new Entry.Merged(version, payload(in, in.get()), mergedCreatedMillis);
    }
    Write write =
        new Write(
            kind(flags & KIND_MASK),
            id,
            payload,
            (flags >> QOS_SHIFT) & 0b11,
            publisher,
            expiresAtMillis,
            user);
    Change change = new Change(timestamp, rankTime, createdMillis, write);
    return new Entry(position, localTime, change, merged, superseded);
  }

  private static Payload payload(ByteBuffer in, int flags) {
    byte[] bytes = ByteReader.bytes(in);
    String contentType = (flags & TYPED) == 0 ? null : ByteReader.string(in);
    PublishProperties properties = (flags & PROPERTIES) == 0 ? null : properties(in);
    return bytes.length == 0 && contentType == null && properties == null
        ? Payload.EMPTY
        : new Payload(bytes, contentType, properties);
  }

  private static PublishProperties properties(ByteBuffer in) {
    int flags = in.get();
    String responseTopic = (flags & 2) == 0 ? null : ByteReader.string(in);
    byte @Nullable [] correlationData = (flags & 4) == 0 ? null : ByteReader.bytes(in);
    int count = Math.toIntExact(ByteReader.varint(in));
    if (count < 0 || count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    UserProperty[] userProperties = new UserProperty[count];
    for (int i = 0; i < count; i++) {
      userProperties[i] = new UserProperty(ByteReader.string(in), ByteReader.string(in));
    }
    return new PublishProperties(
        (flags & 1) != 0, responseTopic, correlationData, List.of(userProperties));
  }
}
