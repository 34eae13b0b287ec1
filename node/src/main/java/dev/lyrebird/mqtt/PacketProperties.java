package dev.lyrebird.mqtt;

import dev.lyrebird.journal.PublishProperties;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import io.netty.handler.codec.mqtt.MqttProperties;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The properties of a packet of MQTT 5, by name. Those of older versions have none. */
record PacketProperties(MqttProperties properties) {

  /** No such number. */
  static final long ABSENT = -1;

  /** Returns an unsigned number of one, two or four bytes, or {@link #ABSENT}. */
  long number(ClientProperty property) {
    MqttProperties.MqttProperty<?> found = properties.getProperty(property.identifier());
    return found != null && found.value() instanceof Integer number
        ? Integer.toUnsignedLong(number)
        : ABSENT;
  }

  /** Returns an unsigned number, or what holds where it is absent. */
  long number(ClientProperty property, long absent) {
    long number = number(property);
    return number == ABSENT ? absent : number;
  }

  @Nullable String text(ClientProperty property) {
    MqttProperties.MqttProperty<?> found = properties.getProperty(property.identifier());
    return found != null && found.value() instanceof String text ? text : null;
  }

  byte @Nullable [] bytes(ClientProperty property) {
    MqttProperties.MqttProperty<?> found = properties.getProperty(property.identifier());
    return found != null && found.value() instanceof byte[] bytes ? bytes : null;
  }

  /** Returns the step of enhanced authentication, or null where no method is named. */
  @Nullable Authentication authentication() {
    String method = text(ClientProperty.AUTHENTICATION_METHOD);
    return method == null
        ? null
        : new Authentication(method, bytes(ClientProperty.AUTHENTICATION_DATA));
  }

  /** Returns what travels unchanged from publisher to subscriber, or null where there is none. */
  @Nullable PublishProperties published() {
    boolean utf8 = number(ClientProperty.PAYLOAD_FORMAT_INDICATOR) == 1;
    String responseTopic = text(ClientProperty.RESPONSE_TOPIC);
    byte[] correlationData = bytes(ClientProperty.CORRELATION_DATA);
    List<UserProperty> users = users();
    return utf8 || responseTopic != null || correlationData != null || !users.isEmpty()
        ? new PublishProperties(utf8, responseTopic, correlationData, users)
        : null;
  }

  /** Returns the User Properties, in their order. */
  List<UserProperty> users() {
    return properties.getProperties(ClientProperty.USER_PROPERTY.identifier()).stream()
        .filter(MqttProperties.UserProperty.class::isInstance)
        .map(property -> ((MqttProperties.UserProperty) property).value())
        .map(pair -> new UserProperty(pair.key, pair.value))
        .toList();
  }
}
