package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes requests that are nearly right: of pieces that mean something here, put together by the
 * rules of HTTP and of our queries, and then spoilt, often in one place alone.
 */
public final class RequestGrammar {

  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS");
  private static final List<String> ODD_METHODS =
      List.of("TRACE", "get", "GETT", "PROPFIND", "PURGE", "X");

  private static final List<String> TABLES =
      List.of("Sensors", "Numbers", "Sealed", "Places", "topics", "sensors", "a/b", "");

  private static final List<String> IDS =
      List.of(
          "s1",
          "s2",
          "7",
          "9223372036854775807",
          "-1",
          "007",
          "x/y",
          "x/",
          "ä",
          "%C3%A4",
          "%2F",
          "s1.temp",
          "s1.json",
          "s1.csv",
          "s1.msgpack",
          "s1.ndjson",
          ".json",
          ".csv",
          "%00",
          "%zz",
          "%",
          "..",
          ".",
          "%2e%2e",
          "+",
          "#",
          "a%20b",
          "$sessions",
          "\u00ff",
          "s1;v=1");

  private static final List<String> ATTRIBUTES =
      List.of(
          "id",
          "temp",
          "room",
          "tags",
          "seen",
          "count",
          "on",
          "any",
          "place",
          "place.name",
          "any.x.y",
          "placeId",
          "nosuch",
          "gt",
          "select",
          "",
          "te%6Dp",
          "%",
          "a,b");

  private static final List<String> OPERATORS =
      List.of(
          "=", "==", "===", "!=", "!==", "=gt=", "=ge=", "=lt=", "=le=", "=ne=", "=ct=", "=sw=",
          "=ew=", "=xx=", "=in=", "");

  private static final List<String> VALUES =
      List.of(
          "5",
          "-0.0",
          "1e400",
          "1e-400",
          "1e999999999",
          "NaN",
          "null",
          "true",
          "kitchen",
          "k*",
          "*",
          "number:5",
          "string:5",
          "boolean:x",
          "date:2024-01-05",
          "date:x",
          "2024-13-99",
          "number:",
          "x:y",
          "%26",
          "%",
          "9223372036854775808",
          "",
          "ä",
          "%F0%9F%98%80",
          "%ED%A0%80");

  private static final List<String> FUNCTIONS =
      List.of(
          "select(temp)",
          "select(id,room)",
          "select([id,temp])",
          "select(id,place{name})",
          "select(place{name,sensors{id}})",
          "select()",
          "select(",
          "select(id,)",
          "select({})",
          "sort(temp)",
          "sort(-temp,+id)",
          "sort(room,tags,any)",
          "sort(place.name)",
          "sort()",
          "sort(-)",
          "limit(1)",
          "limit(0)",
          "limit(2,5)",
          "limit(5,2)",
          "limit(-1)",
          "limit(99999999999)",
          "explain",
          "explain=false",
          "history",
          "history=1",
          "startTime=0",
          "startTime=x",
          "limit=3",
          "previousCount=2",
          "previousCount=-1",
          "omitCurrent=true",
          "since=x",
          "cursor=true",
          "ready=true",
          "conflate=true",
          "conflate=maybe");

  private static final List<String> MEDIA_TYPES =
      List.of(
          "application/json",
          "application/cbor",
          "application/msgpack",
          "application/x-msgpack",
          "text/csv",
          "application/x-ndjson",
          "text/event-stream",
          "text/plain",
          "*/*",
          "image/png",
          "application/json;charset=utf-16",
          "application/merge-patch+json",
          "x",
          "",
          "a/b;c=\"",
          "text/csv;header=absent",
          "application/problem+json",
          "application/json;q=0");

  private static final List<String> HEADERS =
      List.of(
          "If-Match: *",
          "If-Match: \"x\"",
          "If-Match: W/\"x\", \"y\"",
          "If-Match: \"",
          "If-None-Match: *",
          "If-None-Match: ,,",
          "If-Modified-Since: Sat, 21 Nov 2026 10:00:00 GMT",
          "If-Modified-Since: yesterday",
          "If-Unmodified-Since: 0",
          "If-Range: \"x\"",
          "Range: bytes=0-4",
          "Range: bytes=-3",
          "Range: bytes=5-2",
          "Range: bytes=0-1,4-5",
          "Range: bytes=99999999999999999999-",
          "Range: x=1",
          "Accept-Encoding: gzip",
          "Accept-Encoding: br;q=1.0, gzip;q=0.5, *;q=0",
          "Accept-Encoding: identity;q=0",
          "Content-Encoding: gzip",
          "Content-Encoding: x",
          "X-Replicate-To: 1;confirm=1",
          "X-Replicate-To: x",
          "Last-Event-ID: x",
          "Expect: 100-continue",
          "Expect: x",
          "Origin: http://elsewhere.example",
          "Connection: close",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Key: x",
          "Sec-WebSocket-Version: 13",
          "Access-Control-Request-Method: PUT",
          "Authorization: Basic eA==",
          "Cookie: a=b",
          "Transfer-Encoding: gzip",
          "X-\u00e4: \u00e4",
          "Empty:",
          "No colon",
          " Folded: x");

  private static final List<String> BODIES =
      List.of(
          "{\"temp\":5,\"room\":\"kitchen\",\"tags\":[\"a\",null,[1]]}",
          "{}",
          "[]",
          "null",
          "5",
          "\"text\"",
          "{\"id\":\"s2\",\"temp\":\"warm\"}",
          "{\"temp\":1e999999999}",
          "{\"count\":{\"__op__\":\"add\",\"value\":1}}",
          "{\"a\":1,\"a\":2}",
          "{\"a\":",
          "{]",
          "[{\"id\":\"s1\"},{\"id\":\"s1\"}]",
          "[{\"id\":\"s1\",\"temp\":1},{\"temp\":2},3]",
          "{\"id\":\"s1\"}\n{\"id\":\"s2\",\"temp\":\"x\"}\nnot json\n\n{\"id\":\"s3\"}\n",
          "id,temp,room\ns1,5,\"a,b\"\ns2,x,\"unclosed\n",
          "id\r\n\r\n\r\n",
          ",,,\n,,,",
          "\ufeff{}",
          "\u0000\u0001\u00ff",
          "{\"x\":\"\\ud800\"}",
          "{\"type\":\"put\",\"id\":1}",
          " ",
          "");

  /** What is meant by structure, somewhere. */
  private static final String SPECIAL =
      "%&|()[]{}=!<>,.*;:\"'\\/?#+- \t\r\n\u0000\u007f\u0080\u00ff0aA";

  private static final int LONG_PIECE = 5000;
  private static final int DEEP = 2000;

  private final RandomGenerator random;

  public RequestGrammar(RandomGenerator random) {
    this.random = random;
  }

  /**
   * A request.
   *
   * @param method so that its answer can be read
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Request(String method, byte[] bytes) {

    @Override
    public String toString() {
      String text = new String(bytes, ISO_8859_1);
      return text.length() > LONG_PIECE ? text.substring(0, LONG_PIECE) + "..." : text;
    }
  }

  /** Makes the next request. */
  public Request next() {
    String method = chance(50) ? any(ODD_METHODS) : any(METHODS);
    StringBuilder head = new StringBuilder(method).append(' ').append(target());
    head.append(" HTTP/1.1\r\n");
    head.append(chance(200) ? "" : "Host: localhost\r\n");
    if (chance(2)) {
      head.append("Accept: ").append(any(MEDIA_TYPES)).append("\r\n");
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      head.append(spoiltAtTimes(any(HEADERS))).append("\r\n");
    }
    byte[] body = method.equals("GET") && !chance(50) ? new byte[0] : body();
    boolean isChunked = chance(10);
    if (body.length > 0) {
      head.append("Content-Type: ").append(any(MEDIA_TYPES)).append("\r\n");
    }
    if (isChunked) {
      head.append("Transfer-Encoding: chunked\r\n");
    } else if (body.length > 0 || chance(4)) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    return new Request(method, together(head.append("\r\n").toString(), body, isChunked));
  }

  private byte[] together(String head, byte[] body, boolean isChunked) {
    ByteArrayOutputStream all = new ByteArrayOutputStream(head.length() + body.length);
    all.writeBytes(head.getBytes(ISO_8859_1));
    for (int from = 0; isChunked && from < body.length; ) {
      int length = Math.min(1 + random.nextInt(700), body.length - from);
      all.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(ISO_8859_1));
      all.write(body, from, length);
      all.writeBytes("\r\n".getBytes(ISO_8859_1));
      from += length;
    }
    all.writeBytes(isChunked ? "0\r\n\r\n".getBytes(ISO_8859_1) : body);
    return all.toByteArray();
  }

  private String target() {
    StringBuilder target = new StringBuilder("/").append(any(TABLES));
    if (!chance(4)) {
      target.append('/');
    }
    if (chance(2)) {
      target.append(chance(100) ? "x".repeat(LONG_PIECE) : any(IDS));
    }
    if (chance(2)) {
      target.append('?').append(spoiltAtTimes(query(0)));
    }
    return escapedForTheRequestLine(chance(8) ? spoilt(target.toString()) : target.toString());
  }

  /** What ends a request line would only make another, shorter request of it. */
  private String escapedForTheRequestLine(String target) {
    return chance(100) ? target : target.replaceAll("[ \r\n]", "_");
  }

  private String query(int depth) {
    StringBuilder query = new StringBuilder();
    for (int terms = 1 + random.nextInt(3); terms > 0; terms--) {
      query.append(term(depth));
      if (terms > 1) {
        query.append(chance(3) ? '|' : '&');
      }
    }
    return query.toString();
  }

  private String term(int depth) {
    if (chance(500)) {
      return "(".repeat(DEEP) + "temp=1";
    }
    return switch (random.nextInt(6)) {
      case 0 -> any(FUNCTIONS);
      case 1 -> depth > 3 ? any(VALUES) : "(" + query(depth + 1) + ")";
      case 2 -> comparison() + "&" + any(List.of("lt=9", "gt=1", "le=x", "ge=")) + "";
      default -> comparison();
    };
  }

  private String comparison() {
    return any(ATTRIBUTES) + any(OPERATORS) + (chance(100) ? "x".repeat(LONG_PIECE) : any(VALUES));
  }

  private byte[] body() {
    return switch (random.nextInt(12)) {
      case 0 -> {
        byte[] noise = new byte[random.nextInt(300)];
        random.nextBytes(noise);
        yield noise;
      }
      case 1 -> "[".repeat(DEEP).getBytes(UTF_8);
      case 2 -> chance(20) ? new byte[2 << 20] : new byte[0];
      case 3 -> spoilt(any(BODIES)).getBytes(UTF_8);
      default -> any(BODIES).getBytes(UTF_8);
    };
  }

  private String spoiltAtTimes(String text) {
    return chance(4) ? spoilt(text) : text;
  }

  /** Changes a text in one place. */
  private String spoilt(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int at = random.nextInt(text.length());
    char special = SPECIAL.charAt(random.nextInt(SPECIAL.length()));
    return switch (random.nextInt(5)) {
      case 0 -> text.substring(0, at) + text.substring(at + 1);
      case 1 -> text.substring(0, at) + special + text.substring(at);
      case 2 -> text.substring(0, at) + special + text.substring(at + 1);
      case 3 -> text.substring(0, at);
      default -> text.substring(0, at) + text.substring(at) + text.substring(at);
    };
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private String any(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }
}
