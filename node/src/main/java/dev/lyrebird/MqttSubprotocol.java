package dev.lyrebird;

import dev.lyrebird.http.Subprotocol;
import dev.lyrebird.mqtt.MqttDoor;
import io.vertx.core.Future;
import io.vertx.core.internal.net.NetSocketInternal;
import java.util.List;

/**
 * MQTT over the WebSockets of one event loop: where the two doors meet without seeing each other.
 *
 * @param name by which clients offer it
 * @param door that of the event loop
 * @param maxFrameBytes the largest frame taken
 */
record MqttSubprotocol(String name, MqttDoor door, int maxFrameBytes) implements Subprotocol {

  /** Returns it by all names: that of the specification, and that of clients of MQTT 3.1. */
  static List<Subprotocol> all(MqttDoor door, int maxFrameBytes) {
    return List.of(
        new MqttSubprotocol("mqtt", door, maxFrameBytes),
        new MqttSubprotocol("mqttv3.1", door, maxFrameBytes));
  }

  @Override
  public Future<Void> end() {
    return door.close();
  }

  @Override
  public void accept(NetSocketInternal socket) {
    door.accept(socket);
  }
}
