package dev.lyrebird.acceptance;

import dev.lyrebird.client.Browser;
import dev.lyrebird.client.Delivery;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.MqttClient;
import dev.lyrebird.client.PahoMqttClient;
import dev.lyrebird.client.ServerSentEvent;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Addresses;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * One subscription to one row, of any protocol, seen as lines: an event's JSON with its stamps
 * hidden, or {@code live} or {@code retained} and an MQTT payload.
 */
interface Subscriber extends AutoCloseable {

  /** Every line up to and including the first that contains {@code mark}, when that has come. */
  List<String> awaitThrough(String mark);

  @Override
  void close();

  /** What a node is subscribed to with. The browser is started when the first one is opened. */
  enum Kind {
    MQTT_5 {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return mqtt(HiveMqttClient.overTcp(node), path);
      }
    },
    MQTT_3_1_1 {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return mqtt(PahoMqttClient.overTcp(node), path);
      }
    },
    MQTT_5_OVER_WEBSOCKET {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return mqtt(HiveMqttClient.overWebSocket(node), path);
      }
    },
    SERVER_SENT_EVENTS {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return ready(new OfEventStream(SseClient.open(node.http("/" + path + "?ready=true"))));
      }
    },
    WEBSOCKET {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return ready(
            new OfWebSocket(WebSocketClient.open(node.webSocket("/" + path + "?ready=true"))));
      }
    },
    EVENT_SOURCE_IN_CHROMIUM {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return ready(
            InBrowser.eventSource(browser.get(), node.http("/" + path + "?ready=true").toString()));
      }
    },
    WEBSOCKET_IN_CHROMIUM {
      @Override
      Subscriber open(Addresses node, String path, Supplier<Browser> browser) {
        return ready(
            InBrowser.webSocket(
                browser.get(), node.webSocket("/" + path + "?ready=true").toString()));
      }
    };

    /** Subscribes to {@code path}; returns when the subscription stands. */
    abstract Subscriber open(Addresses node, String path, Supplier<Browser> browser);

    /** Whether it sees payloads; the others see events. */
    boolean isMqtt() {
      return this == MQTT_5 || this == MQTT_3_1_1 || this == MQTT_5_OVER_WEBSOCKET;
    }

    /** A SUBACK says by itself that a subscription stands; an event stream says it when asked. */
    private static Subscriber ready(Subscriber subscriber) {
      var _ = subscriber.awaitThrough(Events.READY);
      return subscriber;
    }

    private static Subscriber mqtt(MqttClient client, String topic) {
      client.subscribe(topic);
      return new OfMqtt(client);
    }
  }

  /** A subscription of an MQTT library. */
  record OfMqtt(MqttClient client) implements Subscriber {
    @Override
    public List<String> awaitThrough(String mark) {
      return client.inbox().awaitThrough(delivery -> delivery.text().contains(mark)).stream()
          .map(OfMqtt::line)
          .toList();
    }

    @Override
    public void close() {
      client.close();
    }

    private static String line(Delivery delivery) {
      return (delivery.retained() ? "retained " : "live ") + delivery.text();
    }
  }

  /** A stream of Java's own HttpClient. */
  record OfEventStream(SseClient client) implements Subscriber {
    @Override
    public List<String> awaitThrough(String mark) {
      return client.inbox().awaitThrough(event -> event.data().contains(mark)).stream()
          .map(ServerSentEvent::data)
          .map(Events::unstamped)
          .toList();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** A socket of Java's own HttpClient. */
  record OfWebSocket(WebSocketClient client) implements Subscriber {
    @Override
    public List<String> awaitThrough(String mark) {
      return client.inbox().awaitThrough(frame -> frame.contains(mark)).stream()
          .map(Events::unstamped)
          .toList();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** An EventSource or WebSocket that a page holds; {@code key} finds it there. */
  record InBrowser(Browser browser, String key) implements Subscriber {

    private static final String OPEN =
        """
        const [kind, address, key] = arguments;
        const source = new window[kind](address);
        const seen = { source, lines: [], changed: () => {} };
        window.seen = { ...window.seen, [key]: seen };
        source.onmessage = event => { seen.lines.push(event.data); seen.changed(); };
        return new Promise((resolve, reject) => {
          source.onopen = () => resolve(true);
          source.onerror = () => reject(new Error(kind + ' cannot open ' + address));
        });
        """;

    /** All lines so far, once one of them contains the mark or the limit has passed. */
    private static final String AWAIT =
        """
        const [key, mark] = arguments;
        const seen = window.seen[key];
        return new Promise(resolve => {
          const done = () => resolve(seen.lines);
          const limit = setTimeout(done, 25000);
          seen.changed = () => {
            if (seen.lines.some(line => line.includes(mark))) { clearTimeout(limit); done(); }
          };
          seen.changed();
        });
        """;

    static InBrowser eventSource(Browser browser, String address) {
      return open(browser, "EventSource", address);
    }

    static InBrowser webSocket(Browser browser, String address) {
      return open(browser, "WebSocket", address);
    }

    private static InBrowser open(Browser browser, String kind, String address) {
      String key = kind + " " + System.nanoTime();
      browser.run(OPEN, kind, address, key);
      return new InBrowser(browser, key);
    }

    @Override
    public List<String> awaitThrough(String mark) {
      List<String> lines =
          StreamSupport.stream(browser.run(AWAIT, key, mark).spliterator(), false)
              .map(line -> Events.unstamped(line.textValue()))
              .toList();
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).contains(mark)) {
          return lines.subList(0, i + 1);
        }
      }
      throw new AssertionError("25 s passed before " + mark + "; came: " + lines);
    }

    @Override
    public void close() {
      browser.run(
          "window.seen[arguments[0]].source.close(); delete window.seen[arguments[0]];", key);
    }
  }
}
