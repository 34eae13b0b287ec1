package dev.lyrebird.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lyrebird.harness.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A headless Chromium, driven by chromedriver's W3C WebDriver protocol over plain HTTP. Owned by
 * one thread.
 */
public final class Browser implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern STARTED =
      Pattern.compile("ChromeDriver was started successfully on port (\\d+)\\.");

  /** As root in a container there is no sandbox; the rest keeps Chromium off the network. */
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-dev-shm-usage",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Program driver;
  private final String session;

  private Browser(Program driver, Tool chromium) {
    this.driver = driver;
    String line = driver.awaitLine(any -> STARTED.matcher(any).find(), LIMIT);
    Matcher started = STARTED.matcher(line);
    if (!started.find()) {
      throw new IllegalStateException("not reached: the line was found by the same pattern");
    }
    String server = "http://127.0.0.1:" + started.group(1) + "/session";
    Map<String, Object> options = Map.of("binary", chromium.program().toString(), "args", FLAGS);
    JsonNode opened =
        command(
            "POST",
            server,
            Map.of("capabilities", Map.of("alwaysMatch", Map.of("goog:chromeOptions", options))));
    session = server + "/" + opened.get("sessionId").textValue();
  }

  /** Starts a browser; skips the calling test where chromium or chromedriver is missing. */
  public static Browser start(Path log) {
    Tool chromium = Tool.require("chromium");
    Tool chromedriver = Tool.require("chromedriver");
    return new Browser(Program.start(chromedriver.command("--port=0"), log), chromium);
  }

  /** Loads a page and waits until it is loaded. */
  public void open(URI page) {
    command("POST", session + "/url", Map.of("url", page.toString()));
  }

  /** Runs the body of a function in the page, with {@code arguments}; returns what it returns. */
  public JsonNode run(String script, Object... arguments) {
    return command(
        "POST",
        session + "/execute/sync",
        Map.of("script", script, "args", Arrays.asList(arguments)));
  }

  @Override
  public void close() {
    try {
      command("DELETE", session, Map.of());
    } finally {
      driver.close();
      http.shutdownNow();
    }
  }

  private JsonNode command(String method, String uri, Map<String, ?> body) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(uri))
              .timeout(LIMIT)
              .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)))
              .build();
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      JsonNode value = JSON.readTree(answer.body()).get("value");
      if (answer.statusCode() != 200) {
        throw new AssertionError("the browser refused " + uri + ": " + value);
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new AssertionError("chromedriver did not answer in JSON", e);
    } catch (IOException e) {
      throw new AssertionError("chromedriver does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the browser worked", e);
    }
  }
}
