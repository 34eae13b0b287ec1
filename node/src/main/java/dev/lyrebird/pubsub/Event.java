package dev.lyrebird.pubsub;

import dev.lyrebird.journal.Change;
import dev.lyrebird.journal.Entry;
import dev.lyrebird.journal.Place;
import dev.lyrebird.journal.Row;
import dev.lyrebird.journal.Write;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What subscribers of one event loop are told: a journalled entry under its topic, or a current row
 * in the likeness of one. Keeps each wire form that was asked of it, so that a form is encoded once
 * however many subscribers there are.
 *
 * <p>Owned by the event loop of its hub.
 */
public final class Event {

  private static final Object[] NO_FORMS = {};

  /** Places for a first pair and a second, since a wire form is made of another. */
  private static final int FIRST_FORMS = 4;

  private final int table;
  private final String topic;
  private final Entry entry;
  private final boolean current;
  private final @Nullable Place place;

  /** Each form and what it made, up to {@link #formsEnd}: mostly two or three pairs. */
  private Object[] forms = NO_FORMS;

  private int formsEnd;

  private Event(int table, String topic, Entry entry, boolean current, @Nullable Place place) {
    this.table = table;
    this.topic = topic;
    this.entry = entry;
    this.current = current;
    this.place = place;
  }

  /**
   * Returns a change as an event.
   *
   * @param table the index of the table
   * @param topic the full topic: export path and id
   * @param entry what was journalled
   * @param place the place right behind the entry
   */
  public static Event change(int table, String topic, Entry entry, Place place) {
    return new Event(table, topic, entry, false, place);
  }

  /**
   * Returns a row as it stands as an event.
   *
   * @param table the index of the table
   * @param topic the full topic: export path and id
   * @param row the row
   * @param place the place at which the whole reading of rows was taken, if this is its last row;
   *     otherwise null, for a subscriber that breaks off here has not seen all rows
   */
  public static Event current(int table, String topic, Row row, @Nullable Place place) {
    Write write =
        new Write(
            Write.Kind.PUT, row.id(), row.payload(), row.qos(), 0, row.expiresAtMillis(), null);
    Entry entry =
        new Entry(
            0,
            row.version().time(),
            new Change(row.version(), row.version().time(), row.createdMillis(), write),
            null);
    return new Event(table, topic, entry, true, place);
  }

  /** Returns the index of the table that the event is of. */
  public int table() {
    return table;
  }

  /** Returns the full topic: export path and id. */
  public String topic() {
    return topic;
  }

  /** Returns what happened; for a current row a likeness whose position means nothing. */
  public Entry entry() {
    return entry;
  }

  /** Tells whether this is a row as it stood when the subscriber came, not a change. */
  public boolean isCurrent() {
    return current;
  }

  /** Returns the place in the table's journal behind this event, or null for no such place. */
  public @Nullable Place place() {
    return place;
  }

  /** Returns the same event for those who go on from another place, or from none. */
  Event before(@Nullable Place next) {
    return Objects.equals(next, place) ? this : new Event(table, topic, entry, current, next);
  }

  /** Returns the same event without its wire forms, some of which do not outlast the turn. */
  public Event unencoded() {
    return new Event(table, topic, entry, current, place);
  }

  /** Returns this event in a wire form, encoding it when it is asked for the first time. */
  @SuppressWarnings("unchecked") // what stands behind a form was made by that very form
  public <T> T as(Form<T> form) {
    for (int i = 0; i < formsEnd; i += 2) {
      if (form.equals(forms[i])) {
        return (T) forms[i + 1];
      }
    }
    T encoded = form.encode(this);
    if (formsEnd == forms.length) {
      forms = Arrays.copyOf(forms, Math.max(FIRST_FORMS, 2 * forms.length));
    }
    forms[formsEnd++] = form;
    forms[formsEnd++] = encoded;
    return encoded;
  }
}
