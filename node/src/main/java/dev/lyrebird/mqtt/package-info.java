/**
 * The door for MQTT 3.1, 3.1.1 and 5.0. A {@link dev.lyrebird.mqtt.MqttDoor} owns the connections
 * of one event loop, whether they came by TCP or by WebSocket, and carries what they ask to the
 * tables of that loop; a subscriber that is slow keeps its place in the journal, so the door has no
 * queue of its own. What all doors of a node share is in {@link dev.lyrebird.mqtt.Broker}; what one
 * connection knows of the protocol's state is pure, and only the rim touches a socket.
 */
@NullMarked
package dev.lyrebird.mqtt;

import org.jspecify.annotations.NullMarked;
