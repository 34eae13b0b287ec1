package dev.lyrebird.mqtt;

import dev.lyrebird.hosting.Facilities;
import dev.lyrebird.resource.Nodes;
import dev.lyrebird.resource.Tables;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Supplier;

/** The event loop on which {@link Orphans} lives: brings it time and the news of other nodes. */
public final class OrphansVerticle extends VerticleBase {

  private static final long TICK_MILLIS = 250;
  private static final String BOX = "orphans";

  private final Broker broker;
  private final Nodes nodes;
  private final Supplier<Tables> tables;

  /**
   * Creates the verticle.
   *
   * @param broker what the doors of the node share
   * @param nodes the other nodes
   * @param tables gives the tables as the event loop reaches them on which it is called
   */
  public OrphansVerticle(Broker broker, Nodes nodes, Supplier<Tables> tables) {
    this.broker = broker;
    this.nodes = nodes;
    this.tables = tables;
  }

  @Override
  public Future<?> start() {
    Tables own = tables.get();
    Routes routes = new Routes(broker.host(), own, broker.limits().topics());
    Facilities facilities =
        broker.facilities(task -> context.runOnContext(turn -> task.run()), own);
    Orphans orphans =
        new Orphans(
            own,
            nodes,
            broker.clientIds(),
            broker.wills(),
            (will, mark) -> Loop.publish(will, mark, own, routes, broker, facilities),
            broker.clock(),
            task -> context.runOnContext(turn -> task.run()));
    orphans.begin(nodes.present().isEmpty());
    vertx.setPeriodic(TICK_MILLIS, timer -> orphans.tick());
    nodes.listen(
        BOX,
        new Nodes.Listener() {
          @Override
          public void joined(long node) {
            context.runOnContext(turn -> orphans.joined());
          }

          @Override
          public void left(long node) {
            context.runOnContext(turn -> orphans.left());
          }

          @Override
          public void letter(long from, byte[] letter) {
            // nodes need not agree about orphans: they elect
          }
        });
    return Future.succeededFuture();
  }
}
