package dev.lyrebird.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * A CONNECT that keeps the rules, with what the server grants of it.
 *
 * @param level the protocol level: 3, 4 or 5
 * @param clientId the client's own, or one given to it
 * @param isAssigned whether the server gave it
 * @param keepAliveSeconds within which the client speaks; 0 for whenever it likes
 * @param isKeepAliveServers whether the server chose that, so that the client must be told
 * @param asksForSession whether the client would have its session outlive the connection
 * @param receiveMaximum how many publishes the client takes before it has acknowledged the first
 * @param maxPacketBytes the largest packet that the client takes
 * @param topicAliasMaximum how many topic aliases the client takes
 * @param wantsReasons whether reasons in words may be sent with any packet ([MQTT-3.1.2-29])
 * @param will what to publish when the connection is lost, or null for nothing
 * @param identity who the client has proven to be
 */
record Connect(
    int level,
    String clientId,
    boolean isAssigned,
    int keepAliveSeconds,
    boolean isKeepAliveServers,
    boolean asksForSession,
    int receiveMaximum,
    int maxPacketBytes,
    int topicAliasMaximum,
    boolean wantsReasons,
    @Nullable Publication will,
    Identity identity) {

  static final int LEVEL_3_1 = 3;
  static final int LEVEL_3_1_1 = 4;
  static final int LEVEL_5 = 5;

  boolean isVersion5() {
    return level == LEVEL_5;
  }

  /** Returns the same of a client that has proven who it is. */
  Connect of(Identity proven) {
    return new Connect(
        level,
        clientId,
        isAssigned,
        keepAliveSeconds,
        isKeepAliveServers,
        asksForSession,
        receiveMaximum,
        maxPacketBytes,
        topicAliasMaximum,
        wantsReasons,
        will,
        proven);
  }
}
