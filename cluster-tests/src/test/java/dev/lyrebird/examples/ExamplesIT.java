package dev.lyrebird.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.client.Browser;
import dev.lyrebird.client.HiveMqttClient;
import dev.lyrebird.client.Rest;
import dev.lyrebird.client.ServerSentEvent;
import dev.lyrebird.client.SseClient;
import dev.lyrebird.client.Tool;
import dev.lyrebird.client.WebSocketClient;
import dev.lyrebird.harness.Await;
import dev.lyrebird.harness.Ports;
import dev.lyrebird.harness.Program;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the READMEs of the examples promise. */
final class ExamplesIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private static String told(HttpResponse<byte[]> answer) {
    return answer.statusCode() + " " + Rest.text(answer);
  }

  @Test
  void echoAnswersOnEveryProtocol() {
    try (Example echo = Example.start("echo/Echo.java", folder);
        Rest rest = new Rest(echo.addresses());
        WebSocketClient socket = WebSocketClient.open(echo.addresses().webSocket("/echo"));
        HiveMqttClient mqtt = HiveMqttClient.overTcp(echo.addresses());
        SseClient events = SseClient.open(echo.addresses().http("/echo"))) {
      assertEquals("200 hi", told(rest.send("POST", "/echo", "text/plain", "hi")));
      socket.send("over a WebSocket");
      assertEquals("over a WebSocket", socket.inbox().await(1).getFirst());
      mqtt.subscribe("echo");
      mqtt.publish("echo", "over MQTT".getBytes(UTF_8), false);
      assertEquals("over MQTT", mqtt.inbox().await(1).getFirst().text());
      assertEquals("text/event-stream", events.header("Content-Type"));
      assertTrue(Rest.text(rest.get("/echo")).contains("<title>Echo</title>"));
    }
  }

  @Test
  void echoAnswersInABrowser() {
    try (Example echo = Example.start("echo/Echo.java", folder);
        Browser browser = Browser.start(folder.resolve("browser"))) {
      browser.open(echo.addresses().http("/echo"));
      awaitTrue(browser, "return socket.readyState === 1");
      type(browser, "say", "text", "typed");
      awaitTrue(browser, "return document.querySelector('#heard li')?.textContent === 'typed'");
    }
  }

  @Test
  void guestsOfAChatHearOneAnother() {
    try (Example chat = Example.start("chat/Chat.java", folder);
        SseClient listener = SseClient.open(chat.addresses().http("/chat/lobby?name=eve"));
        WebSocketClient socket =
            WebSocketClient.open(chat.addresses().webSocket("/chat/lobby?name=bob"));
        Browser browser = Browser.start(folder.resolve("browser"))) {
      browser.open(chat.addresses().http("/chat"));
      browser.run("document.getElementById('name').value = 'ann'");
      submit(browser, "enter");
      awaitTrue(browser, "return !document.getElementById('say').hidden");
      type(browser, "say", "text", "hello from a page");
      String said = "{\"from\":\"ann\",\"text\":\"hello from a page\"}";
      assertEquals(said, socket.inbox().awaitAny(said::equals));
      assertEquals(said, listener.inbox().awaitAny(event -> event.data().equals(said)).data());
      try (Program mosquitto = mosquitto(chat, "chat/lobby", "mo")) {
        var _ = mosquitto.awaitLine(line -> line.contains("welcome to lobby, mo"), LIMIT);
        socket.send("{\"text\":\"hello over MQTT\"}");
        var _ = mosquitto.awaitLine(line -> line.contains("hello over MQTT"), LIMIT);
      }
      socket.send("{\"text\":\"hello from a program\"}");
      awaitTrue(
          browser,
          "return document.getElementById('heard').innerText.includes('bob: hello from a program')");
    }
  }

  /** Subscribes with MQTT 5, whose User Properties say who the guest is. */
  private Program mosquitto(Example example, String topic, String name) {
    return Program.start(
        Tool.require("mosquitto_sub")
            .command(
                "-V",
                "mqttv5",
                "-p",
                Integer.toString(example.addresses().mqtt()),
                "-t",
                topic,
                "-D",
                "subscribe",
                "user-property",
                "name",
                name),
        folder.resolve("mosquitto"));
  }

  @Test
  void chatSpansNodes() throws Exception {
    int[] ports = {Ports.free(), Ports.free()};
    String members = "cluster.members=[127.0.0.1:%d, 127.0.0.1:%d]".formatted(ports[0], ports[1]);
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    try (Example first =
            Example.start(
                "chat/Chat.java", one, "cluster=true", "cluster.port=" + ports[0], members);
        Example second =
            Example.start(
                "chat/Chat.java", two, "cluster=true", "cluster.port=" + ports[1], members);
        WebSocketClient ann =
            WebSocketClient.open(first.addresses().webSocket("/chat/lobby?name=ann"));
        WebSocketClient bob =
            WebSocketClient.open(second.addresses().webSocket("/chat/lobby?name=bob"))) {
      var _ = ann.inbox().awaitAny(frame -> frame.contains("bob has come"));
      for (int i = 0; i < 100; i++) {
        ann.send("{\"text\":\"m" + i + "\"}");
      }
      String last = "{\"from\":\"ann\",\"text\":\"m99\"}";
      List<String> heard =
          bob.inbox().awaitThrough(last::equals).stream()
              .filter(frame -> frame.contains("\"from\":\"ann\""))
              .toList();
      assertEquals(100, heard.size());
      assertEquals("{\"from\":\"ann\",\"text\":\"m0\"}", heard.getFirst());
    }
  }

  @Test
  void watchersOfDogsHearOfChangesNotesAndHowManyTheyAre() {
    try (Example dog = Example.start("dog/Dog.java", folder);
        Rest rest = new Rest(dog.addresses());
        HiveMqttClient mqtt = HiveMqttClient.overTcp(dog.addresses());
        SseClient watcher = SseClient.open(dog.addresses().http("/dog/"));
        WebSocketClient socket = WebSocketClient.open(dog.addresses().webSocket("/dog/"));
        Browser browser = Browser.start(folder.resolve("browser"))) {
      browser.open(dog.addresses().http("/dog"));
      awaitTrue(browser, "return socket.readyState === 1");

      assertEquals(201, rest.put("/dog/rex", "{\"name\":\"Rex\"}").statusCode());
      mqtt.publish("dog/fido", "{\"name\":\"Fido\"}".getBytes(UTF_8), true);
      awaitTrue(
          browser,
          "return [...document.querySelectorAll('#dogs tr')].map(r => r.innerText).join()"
              + ".includes('Fido')");
      var _ = watcher.inbox().awaitAny(event -> event.data().contains("\"name\":\"Rex\""));
      var _ = socket.inbox().awaitAny(frame -> frame.contains("\"name\":\"Fido\""));
      assertEquals("200 {\"name\":\"Rex\",\"id\":\"rex\"}", told(rest.get("/dog/rex")));

      socket.send("{\"from\":\"bob\",\"text\":\"good dogs\"}");
      var _ = watcher.inbox().awaitAny(event -> event.data().contains("good dogs"));
      awaitTrue(browser, "return document.getElementById('notes').innerText.includes('good dogs')");
      var _ = watcher.inbox().awaitAny(event -> event.data().contains("\"watching\":3"));

      mqtt.subscribe("dog/");
      var _ = mqtt.inbox().awaitAny(event -> event.text().contains("\"name\":\"Rex\""));
      var _ = mqtt.inbox().awaitAny(event -> event.text().contains("\"watching\":4"));

      assertEquals(422, rest.put("/dog/rex", "{\"breed\":5}").statusCode());
      socket.send("no note");
      var _ = socket.inbox().awaitAny(frame -> frame.contains("\"type\":\"error\""));
    }
  }

  @Test
  void searchTellsWhatItFindsAndRefusesBeforeItBegins() {
    try (Example search = Example.start("search/Search.java", folder);
        Rest rest = new Rest(search.addresses());
        Browser browser = Browser.start(folder.resolve("browser"))) {
      String books =
          """
          {"id":"moby","title":"Moby-Dick","text":"the great white whale"}
          {"id":"pip","title":"Great Expectations","text":"the marshes"}
          {"id":"pinocchio","title":"Pinocchio","text":"no whale but a dogfish"}
          """;
      assertEquals(200, rest.send("POST", "/books/", "application/x-ndjson", books).statusCode());

      try (SseClient found = SseClient.open(search.addresses().http("/search?q=Whale"))) {
        var events = found.inbox().await(3);
        assertEquals(
            List.of("found", "found", "done"),
            events.stream().map(ServerSentEvent::event).toList());
        assertEquals("{\"found\":2}", events.getLast().data());
      }
      try (WebSocketClient socket =
          WebSocketClient.open(search.addresses().webSocket("/search?q=dogfish"))) {
        assertEquals("{\"found\":1}", socket.inbox().await(2).getLast());
      }
      String list = told(rest.get("/search?q=whale"));
      assertTrue(list.startsWith("200 [{\"id\":\"moby\""), list);
      assertEquals(400, rest.get("/search?q=").statusCode());

      browser.open(search.addresses().http("/search?q=whale"));
      var _ =
          browser.run(
              "window.heard = []; const s = new EventSource('/search?q=whale');"
                  + "s.addEventListener('found', e => heard.push(JSON.parse(e.data).id));"
                  + "s.addEventListener('done', e => { heard.push('done'); s.close(); });");
      awaitTrue(browser, "return heard.join() === 'moby,pinocchio,done'");
    }
  }

  @Test
  void readingsAreCheckedCompletedAndToldAgainAsAlerts() {
    try (Example sensors = Example.start("sensors/Sensors.java", folder);
        Rest rest = new Rest(sensors.addresses());
        HiveMqttClient watcher = HiveMqttClient.overTcp(sensors.addresses());
        HiveMqttClient sensor = HiveMqttClient.overTcp(sensors.addresses());
        Browser browser = Browser.start(folder.resolve("browser"));
        SseClient stream = SseClient.open(sensors.addresses().http("/readings/"));
        WebSocketClient one =
            WebSocketClient.open(sensors.addresses().webSocket("/readings/boiler"))) {
      watcher.subscribe("alerts/#");
      sensor.publish(
          "readings/boiler", "{\"temperature\":180,\"unit\":\"F\"}".getBytes(UTF_8), true);
      var alert = watcher.inbox().await(1).getFirst();
      assertEquals("alerts/boiler", alert.topic());
      assertTrue(alert.text().startsWith("{\"sensor\":\"boiler\",\"celsius\":82.2"), alert.text());
      var _ = stream.inbox().awaitAny(event -> event.data().contains("\"celsius\":82.2"));
      var _ = one.inbox().awaitAny(frame -> frame.contains("\"celsius\":82.2"));
      assertTrue(Rest.text(rest.get("/readings/boiler")).contains("\"received\":\""));
      browser.open(sensors.addresses().http("/readings/boiler"));
      var _ =
          browser.run(
              "window.heard = ''; const s = new EventSource('/readings/');"
                  + "s.onmessage = e => heard += e.data;");
      awaitTrue(browser, "return heard.includes('\"celsius\":82.2')");
      String refused = told(rest.put("/readings/hall", "{\"temperature\":-300}"));
      assertTrue(refused.startsWith("422 "), refused);
      assertTrue(refused.contains("below absolute zero"), refused);
      assertEquals(404, rest.get("/readings/hall").statusCode());
    }
  }

  @Test
  void everyExampleHasItsPageOfReadMe() throws Exception {
    try (var all = Files.list(Path.of("../conf/examples"))) {
      for (Path example : all.filter(each -> !each.endsWith("three-nodes")).toList()) {
        String text = Files.readString(example.resolve("README.md"));
        assertTrue(text.contains("node/bin/lyrebird run conf/examples/"), example.toString());
      }
    }
  }

  /** Fills a field and sends its form, as a person does. */
  private static void type(Browser browser, String form, String field, String text) {
    browser.run("document.getElementById(arguments[0]).value = arguments[1]", field, text);
    submit(browser, form);
  }

  private static void submit(Browser browser, String form) {
    browser.run("document.getElementById(arguments[0]).requestSubmit()", form);
  }

  private static void awaitTrue(Browser browser, String script) {
    var _ =
        Await.until(
            () -> browser.run(script).asBoolean(), LIMIT, () -> "the page does not say: " + script);
  }
}
