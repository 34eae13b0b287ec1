package dev.lyrebird.http;

import dev.lyrebird.apidoc.Offer;
import dev.lyrebird.apidoc.RestDocument;
import dev.lyrebird.apidoc.TopicsDocument;
import dev.lyrebird.journal.Refusal;
import dev.lyrebird.schema.Export;
import dev.lyrebird.schema.Exports;
import dev.lyrebird.view.MediaType;
import io.vertx.core.http.HttpHeaders;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers for the documents of the node's interface. They are made once for each schema; immutable,
 * and shared by all event loops.
 *
 * <p>Their paths are the node's own: by REST no row of the root table is reached at them but with
 * an extension behind its id ({@code /openapi.json.json}). Other protocols know nothing of them.
 */
public final class ApiDocuments {

  /** A node that does not tell of itself. */
  public static final ApiDocuments NONE = new ApiDocuments(Map.of());

  private static final String METHODS = "GET, HEAD, OPTIONS";

  private static final int TAG_BYTES = 8;

  private final Map<String, Document> byPath;

  /**
   * One document.
   *
   * @param tag of its plain form
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Document(byte[] json, String tag) {

    static Document of(byte[] json) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
        return new Document(json, HexFormat.of().formatHex(Arrays.copyOf(digest, TAG_BYTES)));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
  }

  private ApiDocuments(Map<String, Document> byPath) {
    this.byPath = byPath;
  }

  /**
   * Makes the documents of a node.
   *
   * @param version of the node
   * @param mqtt where its MQTT door listens
   */
  public static ApiDocuments of(
      String version, Exports exports, HttpSettings settings, Offer.Address mqtt) {
    Offer offer =
        new Offer(
            version,
            exports.tables(),
            settings.sse(),
            settings.webSocket(),
            settings.lastModified(),
            new Offer.Address(settings.host(), settings.port()),
            mqtt);
    return new ApiDocuments(
        Map.of(
            Export.OPENAPI,
            Document.of(RestDocument.of(offer)),
            Export.ASYNCAPI,
            Document.of(TopicsDocument.of(offer))));
  }

  /** Returns the door of the document at a path, or null where there is none. */
  @Nullable Door at(String path) {
    Document document = byPath.get(path);
    return document == null ? null : exchange -> answer(exchange, document);
  }

  private static void answer(Exchange exchange, Document document) {
    exchange.allow(METHODS);
    switch (exchange.request().method().name()) {
      case "GET", "HEAD" -> show(exchange, document);
      case "OPTIONS" -> exchange.options(exchange.allow());
      default ->
          exchange.refuse(
              Refusal.of(
                  Refusal.Reason.NOT_ALLOWED,
                  "the node tells of itself here: this path takes " + exchange.allow()));
    }
  }

  private static void show(Exchange exchange, Document document) {
    if (exchange.query() != null) {
      exchange.problem(Problem.of(400, "this document takes no query"));
      return;
    }
    if (exchange.accept().weight(MediaType.JSON) == 0) {
      exchange.problem(Problem.of(406, "this can be had as application/json"));
      return;
    }
    exchange.describeVariant();
    exchange.tag(exchange.codedTag(document.tag()));
    EntityTag.Tags known =
        EntityTag.Tags.parse("If-None-Match", exchange.list(HttpHeaders.IF_NONE_MATCH));
    if (known != null && known.include(document.tag())) {
      exchange.empty(304);
    } else {
      exchange.compressible(200, MediaType.JSON.name(), document.json());
    }
  }
}
