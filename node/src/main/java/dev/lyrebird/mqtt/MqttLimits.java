package dev.lyrebird.mqtt;

/**
 * The bounds of one connection.
 *
 * @param maxPacketBytes largest packet taken, its fixed header included
 * @param connectTimeoutSeconds by when a connection must have sent its CONNECT
 * @param maxKeepAliveSeconds longest keep alive; a client of MQTT 5 that asks for more, or for
 *     none, is told to use this one
 * @param topics how deep and how long a topic or a filter may be
 * @param receiveMaximum publishes of QoS 1 of a client that may await their acknowledgement
 * @param maxInflight publishes of QoS 1 to a client that may await its acknowledgement, if it does
 *     not ask for fewer
 * @param topicAliasMaximum topic aliases that a client may use
 * @param connectionWrites writes on their way to tables at which a connection is no longer read
 * @param socketBytes bytes waiting in a socket at which its client counts as slow
 * @param maxSubscriptions subscriptions that a client may have
 * @param maxPublishesPerSecond publishes of a client in a second; 0 for no bound
 * @param tcpKeepAliveSeconds after which a silent socket is probed
 */
public record MqttLimits(
    int maxPacketBytes,
    int connectTimeoutSeconds,
    int maxKeepAliveSeconds,
    TopicBounds topics,
    int receiveMaximum,
    int maxInflight,
    int topicAliasMaximum,
    int connectionWrites,
    int socketBytes,
    int maxSubscriptions,
    int maxPublishesPerSecond,
    int tcpKeepAliveSeconds) {}
