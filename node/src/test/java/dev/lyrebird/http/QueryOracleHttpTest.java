package dev.lyrebird.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.journal.Condition;
import dev.lyrebird.journal.Outcome;
import dev.lyrebird.journal.Write;
import dev.lyrebird.query.Query;
import dev.lyrebird.query.QueryOracle;
import dev.lyrebird.query.RowTree;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node answers queries made up at random over HTTP as the oracle does. */
final class QueryOracleHttpTest {

  private static final int ROWS = 200;
  private static final int QUERIES = 500;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final QueryOracle oracle = new QueryOracle(seed);
  private final HttpNode node = HttpNode.start(QueryOracle.sdl("@indexed"));

  /** That of the JDK takes no URL with a brace or a bar in it, as browsers and curl do. */
  private final HttpClient client = node.vertx().createHttpClient();

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void nodeFindsWhatTheOracleFinds() {
    for (int i = 0; i < ROWS; i++) {
      put(oracle.id());
    }
    int found = 0;
    for (int i = 0; i < QUERIES; i++) {
      String prefix = i % 4 == 0 ? "a/" : "";
      Query query = oracle.query();
      String path = "/Things/" + prefix + "?" + query;
      List<JsonNode> answer = get(path);
      assertEquals(oracle.answer(prefix, query), answer, "-Dseed=%d: %s".formatted(seed, path));
      found += answer.size();
    }
    assertTrue(found > QUERIES, found + " rows found: queries that find none tell little");
  }

  private void put(String id) {
    Write write = Write.put(id, oracle.put(id));
    CompletableFuture<Outcome> done = new CompletableFuture<>();
    node.onLoop(tables -> {
      tables.write(
          tables.definition(0),
          write,
          Condition.NONE,
          (outcome, token) -> done.complete(outcome),
          0);
      return true;
    });
    switch (HttpNode.await(done)) {
      case Outcome.Applied applied -> oracle.stamp(id, applied.version());
      case Outcome.Refused refused -> oracle.takeBack(id);
      case Outcome.Unchanged unchanged -> throw new AssertionError("a row was put");
    }
  }

  private List<JsonNode> get(String path) {
    Future<Buffer> content =
        client
            .request(HttpMethod.GET, node.port(), "127.0.0.1", path)
            .compose(request ->
                request
                    .putHeader("Accept", "application/json")
                    .send()
                    .compose(HttpClientResponse::body)); // on the loop, before anything comes
    String json = HttpNode.await(content.toCompletionStage().toCompletableFuture()).toString(UTF_8);
    JsonNode list = RowTree.read(json.getBytes(UTF_8));
    assertTrue(list.isArray(), () -> path + " is answered " + json);
    List<JsonNode> rows = new ArrayList<>();
    list.forEach(rows::add);
    return rows;
  }
}
