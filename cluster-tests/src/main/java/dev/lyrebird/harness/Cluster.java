package dev.lyrebird.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several real nodes that form one cluster, each a process of its own. Nodes count from 1. Owned by
 * one thread.
 */
public final class Cluster implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Hazelcast joins in a second; one that met others too late merges after some. */
  private static final Duration FORMING_LIMIT = Duration.ofSeconds(60);

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(20);

  private final List<NodeProcess> nodes = new ArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Cluster() {}

  /** Starts all nodes at once; returns when each accepts clients and knows of all others. */
  public static Cluster start(ClusterSetup setup) {
    Cluster cluster = new Cluster();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<NodeProcess>> starting =
          setup.nodes().stream()
              .map(node -> threads.submit(() -> NodeProcess.start(node)))
              .toList();
      for (Future<NodeProcess> one : starting) {
        cluster.nodes.add(one.get());
      }
      cluster.awaitMembers(FORMING_LIMIT);
      return cluster;
    } catch (Exception | AssertionError e) {
      cluster.close();
      throw new IllegalStateException("the cluster does not start: " + e.getMessage(), e);
    }
  }

  public NodeProcess node(int number) {
    return nodes.get(number - 1);
  }

  /** All nodes, from the first. */
  public List<NodeProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Waits until every node that runs knows of every other. */
  public Duration awaitMembers(Duration limit) {
    return Await.until(
        () -> reports().stream().allMatch(report -> report.present() == running().size()),
        limit,
        () -> "not every node knows of every other: " + reports());
  }

  /**
   * Waits until all nodes that run have learnt the same changes and hold the same rows of {@code
   * table}; returns how long that took.
   */
  public Duration awaitAgreement(String table, Duration limit) {
    return Await.until(
        () ->
            agree(reports().stream().map(report -> report.vector(table)).toList())
                && agree(running().stream().map(node -> rows(node, table)).toList()),
        limit,
        () -> "the nodes do not agree on " + table + ": " + reports());
  }

  /** How a node sees the cluster. */
  public ClusterReport report(NodeProcess node) {
    return new ClusterReport(get(node.addresses().operations("/cluster")));
  }

  /** Whether a node says that it is well. */
  public boolean isHealthy(NodeProcess node) {
    return ask(node.addresses().operations("/health")).statusCode() == 200;
  }

  /** What a node answers at a path of its operations port. */
  public String operations(NodeProcess node, String path) {
    return new String(ask(node.addresses().operations(path)).body(), StandardCharsets.UTF_8);
  }

  /** The rows of a table as a node shows them by REST, by id. */
  public Map<String, JsonNode> rows(NodeProcess node, String table) {
    Map<String, JsonNode> rows = new HashMap<>();
    get(node.addresses().http("/" + table + "/"))
        .forEach(row -> rows.put(row.get("id").asText(), row));
    return rows;
  }

  @Override
  public void close() {
    nodes.stream().filter(NodeProcess::isRunning).forEach(NodeProcess::thaw);
    nodes.forEach(NodeProcess::close);
    http.shutdownNow();
  }

  private List<NodeProcess> running() {
    return nodes.stream().filter(NodeProcess::isRunning).toList();
  }

  private List<ClusterReport> reports() {
    return running().stream().map(this::report).toList();
  }

  private static boolean agree(List<?> states) {
    return new HashSet<>(states).size() == 1;
  }

  private JsonNode get(URI uri) {
    HttpResponse<byte[]> answer = ask(uri);
    if (answer.statusCode() != 200) {
      throw new AssertionError(uri + " was answered " + answer.statusCode());
    }
    try {
      return JSON.readTree(answer.body());
    } catch (IOException e) {
      throw new AssertionError(uri + " was not answered in JSON", e);
    }
  }

  private HttpResponse<byte[]> ask(URI uri) {
    try {
      return http.send(
          HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new AssertionError(uri + " got no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while asking " + uri, e);
    }
  }
}
