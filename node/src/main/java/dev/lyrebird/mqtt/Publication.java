package dev.lyrebird.mqtt;

import dev.lyrebird.api.Call;
import dev.lyrebird.api.Message;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import dev.lyrebird.journal.Utf8;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.TopicFilter;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client publishes, in a PUBLISH or as its will.
 *
 * @param topic the full topic
 * @param payload with what MQTT 5 sends along
 * @param qos 0 to 2
 * @param retain whether it is the topic's row from now on
 * @param expirySeconds how long it lives, or {@link PacketProperties#ABSENT} for ever
 */
record Publication(String topic, Payload payload, int qos, boolean retain, long expirySeconds) {

  private static final int MILLIS_PER_SECOND = 1000;

  private static final String TEXT = "text/plain";
  private static final String BINARY = "application/octet-stream";

  static Publication of(
      String topic, byte[] bytes, int qos, boolean retain, MqttProperties properties) {
    if (properties.isEmpty()) {
      return new Publication(topic, Payload.of(bytes), qos, retain, PacketProperties.ABSENT);
    }
    PacketProperties named = new PacketProperties(properties);
    Payload payload =
        new Payload(bytes, named.text(ClientProperty.CONTENT_TYPE), named.published());
    return new Publication(
        topic, payload, qos, retain, named.number(ClientProperty.MESSAGE_EXPIRY_INTERVAL));
  }

  /** Returns what is wrong with the topic where answers are awaited, or null where nothing is. */
  @Nullable String responseTopicFault() {
    String responseTopic =
        payload.properties() == null ? null : payload.properties().responseTopic();
    return responseTopic == null ? null : TopicFilter.topicFault(responseTopic); // [MQTT-3.3.2-14]
  }

  /**
   * Returns what the publication asks of its table.
   *
   * @param id the topic below the table's path
   * @param publisher {@link Write#publisherOf} the client
   */
  Write write(String id, long publisher, InstantSource clock) {
    long expiresAtMillis =
        expirySeconds == PacketProperties.ABSENT
            ? 0
            : clock.millis() + expirySeconds * MILLIS_PER_SECOND;
    return new Write(kind(), id, payload, qos, publisher, expiresAtMillis, null);
  }

  /** Returns what the publication asks of users' code that is on no subscription of its client. */
  Call call() {
    return switch (kind()) {
      case PUT -> Call.PUT;
      case DELETE -> Call.DELETE;
      case PATCH, MESSAGE -> Call.PUBLISH;
    };
  }

  /**
   * Returns the publication as users' code is told it. Most clients do not say whether they send
   * text, so what is UTF-8 counts as such.
   */
  Message message() {
    byte[] bytes = payload.bytes();
    String type = payload.contentType();
    boolean mayBeText = type == null || type.startsWith("text/") || type.equals(Payload.JSON);
    boolean isText = isDeclaredText() || (mayBeText && Utf8.isWellFormed(bytes));
    return Message.of(bytes, type == null ? isText ? TEXT : BINARY : type, isText);
  }

  private boolean isDeclaredText() {
    return payload.properties() != null && payload.properties().utf8();
  }

  /** Returns the User Properties that came with it. */
  List<UserProperty> userProperties() {
    return payload.properties() == null ? List.of() : payload.properties().userProperties();
  }

  private Write.Kind kind() {
    if (!retain) {
      return Write.Kind.MESSAGE;
    }
    return payload.bytes().length == 0 ? Write.Kind.DELETE : Write.Kind.PUT; // [MQTT-3.3.1-6]
  }
}
