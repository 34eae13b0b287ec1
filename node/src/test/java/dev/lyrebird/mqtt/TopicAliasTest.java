package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.Packet.hex;
import static dev.lyrebird.mqtt.Packet.publish;
import static dev.lyrebird.mqtt.Packet.publish5;
import static dev.lyrebird.mqtt.Packet.subscribe;
import static dev.lyrebird.mqtt.Packet.subscribe5;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topic aliases, those of clients and those of the server. */
final class TopicAliasTest {

  private final TestServer server = new TestServer();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aliasStandsForTheTopicThatItCameWith() {
    try (RawClient client = server.client5("p", "");
        RawClient subscriber = server.client("s")) {
      subscriber.send(subscribe(1, "#", 0)).expect("90 03 0001 00");
      client.send(publish5("a/b", "23 0004", "1"), publish5("", "23 0004", "2"));
      subscriber.expect(publish("a/b", "1")).expect(publish("a/b", "2"));
    }
  }

  @Test
  void everyAliasUpToTheMaximumIsTaken() {
    try (RawClient client = server.client5("p", "");
        RawClient subscriber = server.client("s")) {
      subscriber.send(subscribe(1, "#", 0)).expect("90 03 0001 00");
      for (int alias = 1; alias <= TestServer.LIMITS.topicAliasMaximum(); alias++) {
        client.send(publish5("t" + alias, "23 000" + alias, "x"));
        subscriber.expect(publish("t" + alias, "x"));
      }
      for (int alias = 1; alias <= TestServer.LIMITS.topicAliasMaximum(); alias++) {
        client.send(publish5("", "23 000" + alias, "y"));
        subscriber.expect(publish("t" + alias, "y"));
      }
    }
  }

  @Test
  void aliasCanBeSetAnew() {
    try (RawClient client = server.client5("p", "");
        RawClient subscriber = server.client("s")) {
      subscriber.send(subscribe(1, "#", 0)).expect("90 03 0001 00");
      client.send(publish5("a", "23 0001", "1"), publish5("b", "23 0001", "2"));
      client.send(publish5("", "23 0001", "3"));
      subscriber.expect(publish("a", "1")).expect(publish("b", "2")).expect(publish("b", "3"));
    }
  }

  @Test
  void aliasesEndWithTheirConnection() {
    server.client5("p", "").send(publish5("a", "23 0001", "1"), hex("e000")).expectEnd();
    server.client5("p", "").send(publish5("", "23 0001", "2")).expectEndWith("82");
  }

  @Test
  void aliasesOfOneConnectionAreNotThoseOfAnother() {
    try (RawClient client = server.client5("p", "")) {
      client.send(publish5("a", "23 0001", "1"), hex("c000")).expect("d0 00");
      server.client5("q", "").send(publish5("", "23 0001", "2")).expectEndWith("82");
    }
  }

  @Test
  void aliasIsNoPropertyOfTheMessage() {
    try (RawClient client = server.client5("p", "");
        RawClient subscriber = server.client5("s", "")) {
      subscriber.send(subscribe5(1, "", "a", 0)).expect("90 04 0001 00 00");
      client.send(publish5("a", "23 0001", "1"));
      subscriber.expect(publish5("a", "", "1"));
    }
  }

  @Test
  void clientThatTakesAliasesIsSentThem() {
    try (RawClient client = server.client5("c", "22 0002");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "#", 0)).expect("90 04 0001 00 00");
      publisher.send(publish("a", "1"), publish("a", "2"), publish("b", "3"), publish("b", "4"));
      client
          .expect(publish5("a", "23 0001", "1"))
          .expect(publish5("", "23 0001", "2"))
          .expect(publish5("b", "23 0002", "3"))
          .expect(publish5("", "23 0002", "4"));
    }
  }

  @Test
  void noAliasIsBeyondTheMaximumOfTheClient() {
    try (RawClient client = server.client5("c", "22 0001");
        RawClient publisher = server.client("p")) {
      client.send(subscribe5(1, "", "#", 0)).expect("90 04 0001 00 00");
      publisher.send(publish("a", "1"), publish("a", "2"), publish("b", "3"), publish("b", "4"));
      client
          .expect(publish5("a", "23 0001", "1"))
          .expect(publish5("", "23 0001", "2"))
          .expect(publish5("b", "", "3"))
          .expect(publish5("b", "23 0001", "4"));
    }
  }

  @Test
  void clientThatTakesNoneIsSentNone() {
    for (String properties : new String[] {"", "22 0000"}) {
      try (RawClient client = server.client5("c", properties)) {
        client
            .send(subscribe5(1, "", "a", 0), publish5("a", "", "1"), publish5("a", "", "2"))
            .expect("90 04 0001 00 00")
            .expect(publish5("a", "", "1"))
            .expect(publish5("a", "", "2"));
      }
    }
  }
}
