package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.journal.RefusedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request under way, and the ways to answer it. Owned by the event loop of its connection.
 *
 * <p>Whatever runs on its behalf runs inside {@link #attempt}, in the first turn and in each
 * callback: a client is answered, whatever goes wrong.
 */
final class Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private static final CharSequence CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("x-content-type-options");

  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence VARY = HttpHeaders.createOptimized("Accept, Accept-Encoding");
  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");

  private final HttpServerRequest request;
  private final String path;
  private final DateField date;
  private final OpenBodies bodies;
  private String allow = "";

  /**
   * @param path decoded, without its leading slash
   * @param bodies what is being read on this event loop
   */
  Exchange(HttpServerRequest request, String path, DateField date, OpenBodies bodies) {
    this.request = request;
    this.path = path;
    this.date = date;
    this.bodies = bodies;
  }

  HttpServerRequest request() {
    return request;
  }

  OpenBodies bodies() {
    return bodies;
  }

  HttpServerResponse response() {
    return request.response();
  }

  /** Returns the percent-decoded path without its leading slash. */
  String path() {
    return path;
  }

  /** Returns the query as it was written, or null where there is none or an empty one. */
  @Nullable String query() {
    String query = request.query();
    return query == null || query.isEmpty() ? null : query;
  }

  @Nullable String header(CharSequence name) {
    return request.headers().get(name);
  }

  /** Returns the value of a field that is a list, from however many lines. */
  @Nullable String list(CharSequence name) {
    return Fields.list(request.headers(), name);
  }

  Accept accept() {
    return Accept.parse(list(HttpHeaders.ACCEPT));
  }

  /** Returns the coding in which content is sent that is worth compressing; null for none. */
  @Nullable Coding coding() {
    return Coding.accepted(list(HttpHeaders.ACCEPT_ENCODING));
  }

  /** Returns the entity tag of content that is worth compressing, as it is sent. */
  String codedTag(String tag) {
    Coding coding = coding();
    return coding == null ? tag : tag + coding.tagEnd();
  }

  boolean isHead() {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** Says which methods the path takes, for whoever is told that it does not take this one. */
  void allow(String methods) {
    allow = methods;
  }

  /** Returns which methods the path takes, as {@code Allow} lists them. */
  String allow() {
    return allow;
  }

  /** Runs a part of the work. What it throws becomes the answer. */
  void attempt(Runnable work) {
    try {
      work.run();
    } catch (RefusedException e) {
      refuse(e.refusal());
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Goes on with what comes later. What it fails with becomes the answer. */
  <T> void attempt(CompletableFuture<T> later, Consumer<T> then) {
    var _ =
        later.whenComplete((result, fault) ->
            attempt(() -> {
              if (fault == null) {
                then.accept(result);
              } else {
                rethrow(fault instanceof CompletionException wrapped ? wrapped.getCause() : fault);
              }
            }));
  }

  private static void rethrow(@Nullable Throwable fault) {
    throw fault instanceof RuntimeException thrown ? thrown : new IllegalStateException(fault);
  }

  /** Answers that the request is refused. */
  void refuse(Refusal refusal) {
    if (refusal.reason() == Refusal.Reason.FAULT) {
      fail(new RefusedException(refusal));
    } else {
      problem(Problem.of(refusal, allow));
    }
  }

  /** Answers that the node failed, and logs why under a name that the client is told. */
  private void fail(RuntimeException cause) {
    String instance = "urn:uuid:" + UUID.randomUUID();
    LOG.atError()
        .addKeyValue("instance", instance)
        .addKeyValue("method", request.method())
        .setCause(cause)
        .log("a request failed");
    problem(Problem.failure(instance));
  }

  /** Answers with a problem; once the head of an answer is out, breaks the connection instead. */
  void problem(Problem problem) {
    if (response().headWritten()) {
      request.connection().close();
      return;
    }
    problem.headers().forEach(response()::putHeader);
    body(problem.status(), Problem.MEDIA_TYPE, problem.json());
  }

  /** Sets the entity tag of the answer. */
  void tag(String opaque) {
    response().putHeader(HttpHeaders.ETAG, '"' + opaque + '"');
  }

  /** Answers without content. */
  void empty(int status) {
    head(status).end();
  }

  /** Answers with content as it is; the content of an answer to HEAD is only measured. */
  void body(int status, CharSequence mediaType, byte[] content) {
    HttpServerResponse response = head(status);
    response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType);
    response.putHeader(CONTENT_TYPE_OPTIONS, NOSNIFF);
    if (isHead()) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length));
      response.end();
    } else {
      response.end(Buffer.buffer(content));
    }
  }

  /** Answers with content that is sent compressed where that is worth its while. */
  void compressible(int status, CharSequence mediaType, byte[] content) {
    Coding coding = content.length > Compression.MIN_BYTES ? coding() : null;
    if (coding == null) {
      body(status, mediaType, content);
    } else {
      response().putHeader(HttpHeaders.CONTENT_ENCODING, coding.token());
      body(status, mediaType, new Compression(coding).last(content));
    }
  }

  /**
   * Answers with a row, compressed where that is worth its while.
   *
   * @param tag of it uncompressed
   */
  void representation(Representation shown, String tag) {
    if (shown.isCompressible()) {
      tag(codedTag(tag));
      compressible(200, shown.mediaType(), shown.content());
    } else {
      tag(tag);
      body(200, shown.mediaType(), shown.content());
    }
  }

  /** Answers that what there is can be had in no form that the client takes. */
  void notAcceptable(Set<Format> offered) {
    problem(Problem.of(406, "this can be had as " + Format.names(offered)));
  }

  /** Says that the answer depends on what the client takes, and may not be kept unasked. */
  void describeVariant() {
    response().headers().add(HttpHeaders.VARY, VARY).set(HttpHeaders.CACHE_CONTROL, NO_CACHE);
  }

  /** Answers OPTIONS with the methods that are taken. */
  void options(String methods) {
    response().putHeader(HttpHeaders.ALLOW, methods);
    empty(204);
  }

  /** Answers with a short JSON text. */
  void json(int status, String json) {
    body(status, Payload.JSON, json.getBytes(StandardCharsets.UTF_8));
  }

  /** Sets the status and what every answer says. */
  HttpServerResponse head(int status) {
    return response().setStatusCode(status).putHeader(HttpHeaders.DATE, date.now());
  }
}
