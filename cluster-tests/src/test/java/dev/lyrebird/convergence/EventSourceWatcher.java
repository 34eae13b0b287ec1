package dev.lyrebird.convergence;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lyrebird.client.Browser;
import dev.lyrebird.history.EventJson;
import dev.lyrebird.history.Recorder;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * An EventSource that a page in Chromium holds, which writes down what it is told. It is opened
 * once; what becomes of its connection is the browser's affair. A thread of its own owns the
 * browser.
 */
final class EventSourceWatcher implements AutoCloseable {

  private static final String OPEN =
      """
      const source = new EventSource(arguments[0]);
      window.told = [];
      const note = event => told.push([event.type, event.lastEventId, event.data]);
      source.onmessage = note;
      source.addEventListener('reset', note);
      return new Promise((resolve, reject) => {
        source.onopen = () => resolve(true);
        source.onerror = () => {
          if (source.readyState === EventSource.CLOSED) {
            told.push(['closed', '', 'the browser gave up']);
            reject(new Error('the EventSource cannot be opened'));
          }
        };
      });
      """;

  /** What it was told since it was asked last, at most so long after it was asked. */
  private static final String TAKE =
      """
      return new Promise(resolve => setTimeout(() => resolve(told.splice(0)), 100));
      """;

  private final Browser browser;
  private final Recorder.Log log;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Thread taking;
  private volatile boolean over;

  /**
   * Opens a page, and in it the EventSource of a path of the same origin; returns when the server
   * has answered it.
   */
  EventSourceWatcher(Browser browser, URI page, String path, Recorder.Log log) {
    this.browser = browser;
    this.log = log;
    browser.open(page);
    browser.run(OPEN, path);
    taking = Thread.ofVirtual().start(this::take);
  }

  /** What went wrong in the page. */
  Queue<String> failures() {
    return failures;
  }

  private void take() {
    try {
      while (!over) {
        browser.run(TAKE).forEach(this::note);
      }
    } catch (AssertionError e) {
      failures.add(e.toString());
    }
  }

  private void note(JsonNode event) {
    String data = event.get(2).textValue();
    switch (event.get(0).textValue()) {
      case "message" -> EventJson.sighting(data).ifPresent(log::add);
      case "reset" -> log.reset(data);
      default -> failures.add(data);
    }
  }

  @Override
  public void close() {
    over = true;
    try {
      taking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while the page was asked", e);
    }
    browser.close();
  }
}
