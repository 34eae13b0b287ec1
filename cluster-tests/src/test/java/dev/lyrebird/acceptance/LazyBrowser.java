package dev.lyrebird.acceptance;

import dev.lyrebird.client.Browser;
import dev.lyrebird.harness.Addresses;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A browser on the demo page of a node, started when it is first needed. Asking for it skips the
 * test where Chromium is not installed. Owned by the test's thread.
 */
final class LazyBrowser implements Supplier<Browser>, AutoCloseable {

  private final Addresses node;
  private @Nullable Browser browser;

  LazyBrowser(Addresses node) {
    this.node = node;
  }

  @Override
  public Browser get() {
    if (browser == null) {
      Browser started = Browser.start(Nodes.log("chromedriver"));
      started.open(node.operations("/"));
      browser = started;
    }
    return browser;
  }

  @Override
  public void close() {
    if (browser != null) {
      browser.close();
    }
  }
}
