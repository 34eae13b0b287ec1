package dev.lyrebird.mqtt;

import dev.lyrebird.journal.PublishProperties.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A CONNECT that keeps the rules, with what the server grants of it.
 *
 * @param level the protocol level: 3, 4 or 5
 * @param clientId the client's own, or one given to it
 * @param isAssigned whether the server gave it
 * @param keepAliveSeconds within which the client speaks; 0 for whenever it likes
 * @param isKeepAliveServers whether the server chose that, so that the client must be told
 * @param isCleanStart whether an earlier session of the client ends now ([MQTT-3.1.2-4])
 * @param expirySeconds how long the session outlives the connection; {@link SessionState#NEVER} for
 *     ever
 * @param isExpiryServers whether the server chose that, so that the client must be told
 * @param receiveMaximum how many publishes the client takes before it has acknowledged the first
 * @param maxPacketBytes the largest packet that the client takes
 * @param topicAliasMaximum how many topic aliases the client takes
 * @param wantsReasons whether reasons in words may be sent with any packet ([MQTT-3.1.2-29])
 * @param will what to publish when the connection is lost, or null for nothing
 * @param userProperties names and values that the client sent along
 * @param identity who the client has proven to be
 */
record Connect(
    int level,
    String clientId,
    boolean isAssigned,
    int keepAliveSeconds,
    boolean isKeepAliveServers,
    boolean isCleanStart,
    long expirySeconds,
    boolean isExpiryServers,
    int receiveMaximum,
    int maxPacketBytes,
    int topicAliasMaximum,
    boolean wantsReasons,
    SessionState.@Nullable Will will,
    List<UserProperty> userProperties,
    Identity identity) {

  static final int LEVEL_3_1 = 3;
  static final int LEVEL_3_1_1 = 4;
  static final int LEVEL_5 = 5;

  boolean isVersion5() {
    return level == LEVEL_5;
  }

  /** Tells whether the session outlives the connection. */
  boolean isDurable() {
    return expirySeconds > 0;
  }

  /** Tells whether there is anything to be known of the client if its node fails. */
  boolean isKept() {
    return isDurable() || will != null;
  }

  /** Returns the same of a client that has proven who it is. */
  Connect of(Identity proven) {
    return new Connect(
        level,
        clientId,
        isAssigned,
        keepAliveSeconds,
        isKeepAliveServers,
        isCleanStart,
        expirySeconds,
        isExpiryServers,
        receiveMaximum,
        maxPacketBytes,
        topicAliasMaximum,
        wantsReasons,
        will,
        userProperties,
        proven);
  }
}
