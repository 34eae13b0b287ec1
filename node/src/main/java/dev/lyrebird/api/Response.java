package dev.lyrebird.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer over REST, where its status or its header matter.
 *
 * @param status from 200 to 599
 * @param headers the values of header fields by their names, in any case. How an answer is framed
 *     is left to the node: none of {@code Content-Length}, {@code Transfer-Encoding}, {@code
 *     Connection} and their like is taken. Content with a {@code Content-Encoding} is sent as it is
 * @param content null for none
 */
public record Response(int status, Map<String, List<String>> headers, @Nullable Message content) {

  /** The node's own to set: an answer that contradicts them would run into the next. */
  private static final Set<String> FRAMING =
      Set.of(
          "connection",
          "content-length",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("the status of an answer is 200 to 599, not " + status);
    }
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> all.put(name, List.copyOf(values)));
    all.forEach(Response::check);
    headers = Collections.unmodifiableMap(all);
  }

  /** RFC 9110 §5.1, §5.5. */
  private static void check(String name, List<String> values) {
    if (!TOKEN.matcher(name).matches()) {
      throw new IllegalArgumentException("'%s' is no name of a header field".formatted(name));
    }
    if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "the node sets the header field %s itself; leave it out".formatted(name));
    }
    for (String value : values) {
      if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127 || c > 255)) {
        throw new IllegalArgumentException(
            "the header field %s has a character that none may have".formatted(name));
      }
    }
  }

  /** Returns an answer without content. */
  public static Response of(int status) {
    return new Response(status, Map.of(), null);
  }

  /**
   * Returns an answer with a file that lies beside code on the class path, such as a page.
   *
   * @param beside a class in the same folder
   * @param file whose end tells its media type: {@code chat.html}. It may lie in a folder below,
   *     {@code pages/chat.html}, but nowhere else: with a slash before it or with {@code ..} as one
   *     of its parts it is not found, so that a part of the path of a request may be given. Classes
   *     are files too, and had by whoever may name them
   * @throws ProblemException 404 where there is no such file
   */
  public static Response file(Class<?> beside, String file) {
    if (isElsewhere(file)) {
      throw absent(file);
    }
    try (InputStream in = beside.getResourceAsStream(file)) {
      if (in == null) {
        throw absent(file);
      }
      String type = URLConnection.guessContentTypeFromName(file);
      boolean isText = type != null && type.startsWith("text/");
      return of(200)
          .with(
              Message.of(
                  in.readAllBytes(),
                  type == null
                      ? "application/octet-stream"
                      : isText ? type + "; charset=utf-8" : type,
                  isText));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A backslash parts names on some systems; with a slash at the end it would be a folder. */
  private static boolean isElsewhere(String file) {
    return file.isEmpty()
        || file.startsWith("/")
        || file.endsWith("/")
        || file.indexOf('\\') >= 0
        || List.of(file.split("/", -1)).contains("..");
  }

  private static ProblemException absent(String file) {
    return new ProblemException(404, "there is no file " + file);
  }

  /**
   * Returns the same with a header field, in place of one of that name. A {@code Content-Type} goes
   * before that of the content, which is then sent as it is, in no other format.
   */
  public Response with(String header, String value) {
    return with(header, List.of(value));
  }

  /** Returns the same with one more value of a header field, as a second cookie needs it. */
  public Response adding(String header, String value) {
    List<String> values = new ArrayList<>(headers.getOrDefault(header, List.of()));
    values.add(value);
    return with(header, values);
  }

  private Response with(String header, List<String> values) {
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(headers);
    all.put(header, values);
    return new Response(status, all, content);
  }

  /** Returns the same with content: a {@link Message}, text, bytes, or what is written as JSON. */
  public Response with(Object body) {
    return new Response(status, headers, Message.of(body));
  }
}
