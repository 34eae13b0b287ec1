package dev.lyrebird.mqtt;

import java.util.BitSet;

/**
 * Which reason codes a client may give in which packets (MQTT 5.0, table 2-6 without what only
 * servers say).
 */
enum ClientReasons {
  /** PUBACK and PUBREC ([MQTT-3.4.2-1], [MQTT-3.5.2-1]). */
  RECEIPT(0x00, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99),
  /** PUBREL and PUBCOMP ([MQTT-3.6.2-1], [MQTT-3.7.2-1]). */
  RELEASE(0x00, 0x92),
  /** DISCONNECT ([MQTT-3.14.2-1]). */
  DISCONNECT(0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99),
  /** AUTH ([MQTT-3.15.2-1]): to go on, or to begin again. */
  AUTH(0x18, 0x19);

  @SuppressWarnings("ImmutableEnumChecker") // made by the constructor and never changed
  private final BitSet codes = new BitSet();

  ClientReasons(int... codes) {
    for (int code : codes) {
      this.codes.set(code);
    }
  }

  boolean allow(int code) {
    return codes.get(code);
  }
}
