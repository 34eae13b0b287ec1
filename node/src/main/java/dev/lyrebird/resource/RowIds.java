package dev.lyrebird.resource;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.schema.TableDefinition;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Judges the ids of rows that clients name in URLs and in rows. */
public final class RowIds {

  /** The longest id that a URL may hold, in bytes of UTF-8. */
  private static final int MAX_URL_BYTES = 4096;

  private static final int MAX_SHOWN_CHARACTERS = 64;

  private RowIds() {}

  /** Tells whether an id is longer than a URL may hold. */
  public static boolean isTooLong(String id) {
    return id.length() > MAX_URL_BYTES / 3
        && id.getBytes(StandardCharsets.UTF_8).length > MAX_URL_BYTES;
  }

  /**
   * Lets an id pass that can be a key of the table.
   *
   * @throws RefusedException for any other
   */
  public static void check(TableDefinition table, String id) {
    String fault = fault(table, id);
    if (fault != null) {
      throw new RefusedException(Refusal.of(Refusal.Reason.BAD_REQUEST, fault));
    }
  }

  /** Returns what is wrong with an id, or null where nothing is. */
  public static @Nullable String fault(TableDefinition table, String id) {
    String fault = table.key().type().check(id);
    if (fault == null) {
      return null;
    }
    String shown =
        id.length() <= MAX_SHOWN_CHARACTERS ? id : id.substring(0, MAX_SHOWN_CHARACTERS) + "...";
    return "the id \"" + shown + "\" " + fault;
  }
}
