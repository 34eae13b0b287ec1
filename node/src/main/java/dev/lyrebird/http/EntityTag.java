package dev.lyrebird.http;

import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import dev.lyrebird.journal.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entity tag (RFC 9110 §8.8.3). Ours name the version of a row, {@code <time>-<node>} in base
 * 16, and behind a dot the form it was shown in where that is not the plain one: {@code .cbor},
 * {@code .json} of an opaque row; behind another the coding, {@code .gzip}.
 *
 * @param opaque what stands between the quotes
 * @param weak whether it was marked {@code W/}
 */
record EntityTag(String opaque, boolean weak) {

  /** What is before the first dot of every tag of a row with this version. */
  static String ofVersion(Timestamp version) {
    return version.tag();
  }

  /** Whether this is a tag of a row with that version, in whatever form. */
  boolean isOf(String version) {
    return opaque.startsWith(version)
        && (opaque.length() == version.length() || opaque.charAt(version.length()) == '.');
  }

  /** Whether this is the given tag, compressed or not. */
  boolean isTag(String other) {
    return opaque.equals(other)
        || Arrays.stream(Coding.values())
            .anyMatch(coding -> opaque.equals(other + coding.tagEnd()));
  }

  /**
   * The value of {@code If-Match} or {@code If-None-Match}.
   *
   * @param tags what it lists; empty for {@code *}
   */
  record Tags(List<EntityTag> tags) {

    Tags {
      tags = List.copyOf(tags);
    }

    /** Whether it is {@code *}, which means any row there is. */
    boolean any() {
      return tags.isEmpty();
    }

    /** Whether content with this tag is meant, compressed or not. */
    boolean include(String tag) {
      return any() || tags.stream().anyMatch(own -> own.isTag(tag));
    }

    /**
     * Reads the value of a header field; null stands for its absence.
     *
     * @throws RefusedException where it is no list of entity tags
     */
    static @Nullable Tags parse(String name, @Nullable String field) {
      if (field == null) {
        return null;
      }
      String text = field.strip();
      if (text.equals("*")) {
        return new Tags(List.of());
      }
      List<EntityTag> tags = new ArrayList<>(1);
      int at = 0;
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == ',' || c == ' ' || c == '\t') {
          at++;
          continue;
        }
        boolean weak = text.startsWith("W/", at);
        int open = weak ? at + 2 : at;
        int close = text.indexOf('"', open + 1);
        if (open >= text.length() || text.charAt(open) != '"' || close < 0) {
          throw noTags(name);
        }
        tags.add(new EntityTag(text.substring(open + 1, close), weak));
        at = close + 1;
        if (at < text.length() && ", \t".indexOf(text.charAt(at)) < 0) {
          throw noTags(name);
        }
      }
      if (tags.isEmpty()) {
        throw noTags(name);
      }
      return new Tags(tags);
    }

    private static RefusedException noTags(String name) {
      return new RefusedException(
          Refusal.of(
              Refusal.Reason.BAD_REQUEST,
              name + " is '*' or a list of entity tags in double quotes, as in ETag"));
    }
  }
}
