package dev.lyrebird.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer over REST, where its status or its header matter.
 *
 * @param status from 200 to 599
 * @param headers header fields by their names
 * @param content null for none
 */
public record Response(int status, Map<String, String> headers, @Nullable Message content) {

  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("the status of an answer is 200 to 599, not " + status);
    }
    headers = Map.copyOf(headers);
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
   * Returns the same with a header field. A {@code Content-Type} goes before that of the content,
   * which is then sent as it is, in no other format.
   */
  public Response with(String header, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(header, value);
    return new Response(status, all, content);
  }

  /** Returns the same with content: a {@link Message}, text, bytes, or what is written as JSON. */
  public Response with(Object body) {
    return new Response(status, headers, Message.of(body));
  }
}
