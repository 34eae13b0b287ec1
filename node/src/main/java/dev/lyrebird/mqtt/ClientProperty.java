package dev.lyrebird.mqtt;

import static dev.lyrebird.mqtt.ClientProperty.Place.ACKNOWLEDGEMENT;
import static dev.lyrebird.mqtt.ClientProperty.Place.AUTH;
import static dev.lyrebird.mqtt.ClientProperty.Place.CONNECT;
import static dev.lyrebird.mqtt.ClientProperty.Place.DISCONNECT;
import static dev.lyrebird.mqtt.ClientProperty.Place.PUBLISH;
import static dev.lyrebird.mqtt.ClientProperty.Place.SUBSCRIBE;
import static dev.lyrebird.mqtt.ClientProperty.Place.UNSUBSCRIBE;
import static dev.lyrebird.mqtt.ClientProperty.Place.WILL;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The properties that a client may send, and in which packets (MQTT 5.0, table 2-4). */
enum ClientProperty {
  PAYLOAD_FORMAT_INDICATOR(0x01, Kind.FLAG, PUBLISH, WILL),
  MESSAGE_EXPIRY_INTERVAL(0x02, Kind.FOUR_BYTES, PUBLISH, WILL),
  CONTENT_TYPE(0x03, Kind.STRING, PUBLISH, WILL),
  RESPONSE_TOPIC(0x08, Kind.STRING, PUBLISH, WILL),
  CORRELATION_DATA(0x09, Kind.BINARY, PUBLISH, WILL),
  /** Only servers put it into PUBLISH ([MQTT-3.3.4-6]). */
  SUBSCRIPTION_IDENTIFIER(0x0B, Kind.POSITIVE_VARINT, SUBSCRIBE),
  SESSION_EXPIRY_INTERVAL(0x11, Kind.FOUR_BYTES, CONNECT, DISCONNECT),
  AUTHENTICATION_METHOD(0x15, Kind.STRING, CONNECT, AUTH),
  AUTHENTICATION_DATA(0x16, Kind.BINARY, CONNECT, AUTH),
  REQUEST_PROBLEM_INFORMATION(0x17, Kind.FLAG, CONNECT),
  WILL_DELAY_INTERVAL(0x18, Kind.FOUR_BYTES, WILL),
  REQUEST_RESPONSE_INFORMATION(0x19, Kind.FLAG, CONNECT),
  REASON_STRING(0x1F, Kind.STRING, ACKNOWLEDGEMENT, DISCONNECT, AUTH),
  RECEIVE_MAXIMUM(0x21, Kind.POSITIVE_TWO_BYTES, CONNECT),
  TOPIC_ALIAS_MAXIMUM(0x22, Kind.TWO_BYTES, CONNECT),
  /** Zero is refused where aliases are looked up, with a code of its own. */
  TOPIC_ALIAS(0x23, Kind.TWO_BYTES, PUBLISH),
  USER_PROPERTY(
      0x26,
      Kind.PAIR,
      CONNECT,
      WILL,
      PUBLISH,
      ACKNOWLEDGEMENT,
      SUBSCRIBE,
      UNSUBSCRIBE,
      DISCONNECT,
      AUTH),
  MAXIMUM_PACKET_SIZE(0x27, Kind.POSITIVE_FOUR_BYTES, CONNECT);

  private static final @Nullable ClientProperty[] BY_IDENTIFIER = byIdentifier();

  private final int identifier;
  private final Kind kind;

  @SuppressWarnings("ImmutableEnumChecker") // made by the constructor and never changed
  private final Set<Place> places;

  /** What stands behind an identifier. */
  enum Kind {
    /** A byte that is 0 or 1. */
    FLAG,
    TWO_BYTES,
    POSITIVE_TWO_BYTES,
    FOUR_BYTES,
    POSITIVE_FOUR_BYTES,
    POSITIVE_VARINT,
    STRING,
    BINARY,
    PAIR
  }

  /** Where properties can stand. */
  enum Place {
    CONNECT,
    WILL,
    PUBLISH,
    /** PUBACK, PUBREC, PUBREL and PUBCOMP. */
    ACKNOWLEDGEMENT,
    SUBSCRIBE,
    UNSUBSCRIBE,
    DISCONNECT,
    AUTH
  }

  ClientProperty(int identifier, Kind kind, Place first, Place... more) {
    this.identifier = identifier;
    this.kind = kind;
    this.places = EnumSet.of(first, more);
  }

  /** Returns the property of an identifier, or null where a client may send no such. */
  static @Nullable ClientProperty of(int identifier) {
    return identifier < BY_IDENTIFIER.length ? BY_IDENTIFIER[identifier] : null;
  }

  int identifier() {
    return identifier;
  }

  Kind kind() {
    return kind;
  }

  boolean mayStandIn(Place place) {
    return places.contains(place);
  }

  /** Tells whether one packet may have it more than once. */
  boolean mayRecur() {
    return this == USER_PROPERTY;
  }

  private static @Nullable ClientProperty[] byIdentifier() {
    @Nullable ClientProperty[] all = new ClientProperty[MAXIMUM_PACKET_SIZE.identifier + 1];
    for (ClientProperty property : values()) {
      all[property.identifier] = property;
    }
    return all;
  }
}
