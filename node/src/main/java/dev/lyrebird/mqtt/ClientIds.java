package dev.lyrebird.mqtt;

import dev.lyrebird.journal.Timestamp;
import dev.lyrebird.resource.Nodes;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds which client id, in the whole cluster: one connection at a time, the one that came
 * last. Groups that share a subscription are held in the same way, under {@link
 * GroupState#claimId}. A newcomer is let in once the holder before it is gone, will and all
 * ([MQTT-3.1.4-3]). {@link Claims} decides; here the other nodes are reached, and holders.
 *
 * <p>One for the whole node; any thread may call. What happens is taken up one at a time, by a
 * thread that calls.
 */
public final class ClientIds {

  /** How often {@link #tick} is to be called. */
  public static final int TICK_MILLIS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(ClientIds.class);

  private static final String BOX = "claims";

  private final OneAtATime turns = new OneAtATime();
  private final Nodes nodes;
  private final Claims claims;

  /** What no claim of this run of the node has a lesser time than. */
  private final long startedAt;

  /**
   * Who holds a client id, or waits for it.
   *
   * <p>Before a holder says that it is gone it has written the row of its session, as one whose
   * client is away: its successor may never come.
   */
  interface Holder {

    /**
     * Another claims the id. May be called by any thread.
     *
     * @param gone to be called, by any thread, once this holder does nothing more under the id;
     *     takes what it leaves, or null where its session ended. A holder whose claim is not
     *     granted yet may call it at once, or when it has been granted
     */
    void makeWay(Consumer<@Nullable Handover> gone);

    /**
     * Another node has taken the row of the session over, but the client is here: the row is to be
     * written again. May be called by any thread, also before the claim is granted.
     */
    void restore();
  }

  /**
   * That a claim is granted.
   *
   * @param stamp of the claim
   * @param handedOver what the holder before has left, exactly; null where nobody held the id, its
   *     session ended, or its node did not answer in time: then the row tells
   * @param wasHeld whether another connection held the id until now, as far as nodes have answered
   */
  record Granted(Timestamp stamp, @Nullable Handover handedOver, boolean wasHeld) {}

  /**
   * Creates the claims of a node.
   *
   * @param nodes the other nodes
   * @param wall the time of day
   * @param timeoutMillis how long a claim waits for another node
   */
  public ClientIds(Nodes nodes, InstantSource wall, int timeoutMillis) {
    this.nodes = nodes;
    this.startedAt = Timestamp.timeOfMillis(wall.millis());
    this.claims =
        new Claims(
            nodes.self(),
            wall,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            timeoutMillis);
    nodes.listen(BOX, new Peers());
  }

  /** Returns the id of this node. */
  long node() {
    return nodes.self();
  }

  /** Tells whether a claim was made in an earlier run of this node, which may have failed. */
  boolean isOfEarlierRun(Timestamp claim) {
    return claim.node() == nodes.self() && claim.time() < startedAt;
  }

  /**
   * Claims an id.
   *
   * @param claimant is told when another claims it, be it before it is granted
   * @param granted called by any thread, perhaps before this method returns, when nobody else holds
   *     the id any more; another may have claimed it meanwhile, and then was told to the claimant.
   *     Not called where the claimant has given the id back before, or has said that it is gone, or
   *     where nothing was under way for it yet when the other came
   */
  void claim(String clientId, Holder claimant, Consumer<Granted> granted) {
    take(() -> claims.claim(clientId, claimant, granted));
  }

  /** Gives an id back, unless another has claimed it meanwhile: then to be gone is enough. */
  void release(String clientId, Holder holder) {
    take(() -> claims.release(clientId, holder));
  }

  /**
   * A row was seen. Who holds its id here by an earlier claim than another node's makes way; where
   * another node has only taken the row over, since this one was cut off, its holder writes it
   * again.
   *
   * @param holder the node that answers for the session, as the row tells
   * @param isHeld is told, perhaps at once, whether the id is held or claimed here
   */
  void seen(String clientId, Timestamp claim, long holder, Consumer<Boolean> isHeld) {
    turns.execute(() -> {
      boolean isOwn = claim.node() == nodes.self();
      (isOwn ? claims.observe(claim) : claims.overruled(clientId, claim)).forEach(this::perform);
      Claim held = claims.latest(clientId);
      if (held != null && isOwn && holder != nodes.self()) {
        held.holder().restore();
      }
      isHeld.accept(held != null);
    });
  }

  /** Lets time pass. */
  public void tick() {
    take(claims::tick);
  }

  private void take(Supplier<List<ClaimEffect>> what) {
    turns.execute(() -> what.get().forEach(this::perform));
  }

  private void perform(ClaimEffect effect) {
    switch (effect) {
      case ClaimEffect.Send(var node, var message) ->
          nodes.send(node, BOX, ClaimMessageCodec.encode(message));
      case ClaimEffect.MakeWay(var claim) ->
          claim.holder().makeWay(state -> take(() -> claims.gone(claim, state)));
      case ClaimEffect.Grant(var claim, var granted) -> claim.granted().accept(granted);
    }
  }

  /** What is heard of other nodes. */
  private final class Peers implements Nodes.Listener {

    @Override
    public void joined(long node) {
      take(() -> claims.peerJoined(node));
    }

    @Override
    public void left(long node) {
      take(() -> claims.peerLeft(node));
    }

    @Override
    public void doesNotListen(long node) {
      take(() -> claims.peerDoesNotListen(node));
    }

    @Override
    public void letter(long from, byte[] letter) {
      ClaimMessage message;
      try {
        message = ClaimMessageCodec.decode(letter);
      } catch (IllegalArgumentException e) {
        LOG.atWarn()
            .addKeyValue("from", Long.toHexString(from))
            .addKeyValue("reason", e.getMessage())
            .log("a message of another node is dropped; what it asked will be asked again");
        return;
      }
      take(() -> claims.receive(from, message));
    }
  }
}
