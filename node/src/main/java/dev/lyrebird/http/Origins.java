package dev.lyrebird.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which web pages may call this node (Fetch Standard §3.2): those it serves itself, on this port or
 * as its console, and those of the origins that the operator names. Immutable.
 *
 * <p>A page of another origin is refused outright, not merely kept from reading the answer: clients
 * on the machine of the node may be trusted, and a browser there runs everybody's pages.
 */
final class Origins {

  private static final String ANY = "*";

  private static final String METHODS = "GET, HEAD, PUT, POST, PATCH, DELETE";

  private static final String REQUEST_HEADERS =
      "Accept, Authorization, Content-Type, If-Match, If-None-Match, If-Modified-Since,"
          + " If-Unmodified-Since, Last-Event-ID, X-Replicate-To";

  private static final String EXPOSED_HEADERS = "ETag, Location, Retry-After";

  /** How long a browser may remember a preflight, in seconds. */
  private static final String PREFLIGHT_SECONDS = "600";

  private final Set<String> named;
  private final boolean any;
  private final int consolePort;

  /**
   * @param named as browsers write them, {@code https://app.example.org}; or {@code *}
   * @param consolePort the port of the console on the same host; 0 for none
   */
  Origins(List<String> named, int consolePort) {
    this.named =
        named.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    this.any = named.contains(ANY);
    this.consolePort = consolePort;
  }

  /**
   * Tells whether the page that sends the request may, and if so, tells the browser what it may let
   * the page see. Where no page sends it, it may.
   */
  boolean admit(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return true;
    }
    boolean known = isNamed(origin) || isOwn(origin, request);
    if (known || any) {
      tell(request, origin, known);
    }
    return known || any;
  }

  private static void tell(HttpServerRequest request, String origin, boolean known) {
    MultiMap headers = request.response().headers();
    if (known) {
      headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
      headers.add(HttpHeaders.VARY, "Origin");
    } else {
      headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    }
    if (isPreflight(request)) {
      headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS);
      headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
      headers.set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
    } else {
      headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
    }
  }

  private static boolean isPreflight(HttpServerRequest request) {
    return request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
  }

  private boolean isNamed(String origin) {
    return named.contains(origin.toLowerCase(Locale.ROOT));
  }

  /** Compares with {@code Host}, which is what the browser took this node for. */
  private boolean isOwn(String origin, HttpServerRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    String authority = authority(origin);
    if (host == null || authority == null) {
      return false;
    }
    return authority.equalsIgnoreCase(host)
        || (consolePort > 0 && authority.equalsIgnoreCase(withoutPort(host) + ':' + consolePort));
  }

  private static @Nullable String authority(String origin) {
    int scheme = origin.indexOf("://");
    return scheme < 0 ? null : origin.substring(scheme + 3);
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
  }
}
