package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Refusal;

/**
 * Why, in the numbers of MQTT 5.0 §2.4: those that this node uses. MQTT 3 knows only five, and only
 * in CONNACK.
 */
enum ReasonCode {
  SUCCESS(0x00),
  NO_SUBSCRIPTION_EXISTED(0x11),
  CONTINUE_AUTHENTICATION(0x18),
  RE_AUTHENTICATE(0x19),
  UNSPECIFIED_ERROR(0x80),
  MALFORMED_PACKET(0x81),
  PROTOCOL_ERROR(0x82),
  IMPLEMENTATION_SPECIFIC_ERROR(0x83),
  UNSUPPORTED_PROTOCOL_VERSION(0x84, 1),
  CLIENT_IDENTIFIER_NOT_VALID(0x85, 2),
  BAD_USER_NAME_OR_PASSWORD(0x86, 4),
  NOT_AUTHORIZED(0x87, 5),
  SERVER_UNAVAILABLE(0x88, 3),
  SERVER_BUSY(0x89, 3),
  SERVER_SHUTTING_DOWN(0x8B),
  BAD_AUTHENTICATION_METHOD(0x8C),
  KEEP_ALIVE_TIMEOUT(0x8D),
  SESSION_TAKEN_OVER(0x8E),
  TOPIC_FILTER_INVALID(0x8F),
  TOPIC_NAME_INVALID(0x90),
  PACKET_IDENTIFIER_NOT_FOUND(0x92),
  RECEIVE_MAXIMUM_EXCEEDED(0x93),
  TOPIC_ALIAS_INVALID(0x94),
  PACKET_TOO_LARGE(0x95),
  MESSAGE_RATE_TOO_HIGH(0x96),
  QUOTA_EXCEEDED(0x97, 3),
  PAYLOAD_FORMAT_INVALID(0x99),
  USE_ANOTHER_SERVER(0x9C, 3),
  CONNECTION_RATE_EXCEEDED(0x9F, 3);

  /** Codes from here on tell a failure (MQTT 5.0 §2.4). */
  static final int LEAST_FAILURE = 0x80;

  /** What MQTT 3.1.1 says in SUBACK of any filter that it does not grant. */
  static final int SUBACK_FAILURE_V3 = 0x80;

  private final int value;
  private final int returnCode;

  ReasonCode(int value) {
    this(value, 0);
  }

  ReasonCode(int value, int returnCode) {
    this.value = value;
    this.returnCode = returnCode;
  }

  /** Returns the byte on the wire. */
  byte value() {
    return (byte) value;
  }

  /** Returns what the CONNACK of MQTT 3 says of it, or 0 where that has no word for it. */
  int returnCode() {
    return returnCode;
  }

  /** Returns what CONNACK says of it, which does not know all that DISCONNECT does. */
  ReasonCode inConnack() {
    if (this == SERVER_SHUTTING_DOWN) {
      return SERVER_UNAVAILABLE;
    }
    return this == KEEP_ALIVE_TIMEOUT || this == SESSION_TAKEN_OVER ? UNSPECIFIED_ERROR : this;
  }

  /** Returns what PUBACK says of a refused PUBLISH; it knows fewer codes than other packets. */
  static ReasonCode of(Refusal.Reason reason) {
    return switch (reason) {
      case BAD_REQUEST, NOT_FOUND -> TOPIC_NAME_INVALID;
      case NOT_ALLOWED -> NOT_AUTHORIZED;
      case CONFLICT, PRECONDITION_FAILED -> IMPLEMENTATION_SPECIFIC_ERROR;
      case SCHEMA, UNSUPPORTED_TYPE -> PAYLOAD_FORMAT_INVALID;
      case TOO_LARGE, OVERLOADED -> QUOTA_EXCEEDED;
      case FAULT, UNCONFIRMED -> UNSPECIFIED_ERROR;
    };
  }
}
