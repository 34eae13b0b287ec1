package dev.lyrebird.resuming;

import dev.lyrebird.client.Decoder;
import dev.lyrebird.client.RawSocket;
import dev.lyrebird.harness.Addresses;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A follower by Server-Sent Events or WebSocket, which goes on by the last cursor it was told. */
final class StreamFollower implements Follower {

  private static final int DROPPED = 5;

  private final String name;
  private final Protocol protocol;
  private final String path;
  private final Account account;
  private final Plant plant;
  private final Consumer<String> trace;
  private @Nullable RawSocket socket;
  private Decoder<Protocol.Step> decoder;
  private String cursor = "";
  private String cursorBefore = "";
  private boolean isReady;
  private long resets;
  private int steps;

  /** What a client may do wrong, to see that it is found out. */
  enum Plant {
    NOTHING,
    DROPS_AN_EVENT,
    GOES_ON_FROM_THE_EVENT_BEFORE
  }

  /** Creates a follower that is not connected. */
  StreamFollower(
      String name,
      Protocol protocol,
      String path,
      Account account,
      Plant plant,
      Consumer<String> trace) {
    this.name = name;
    this.protocol = protocol;
    this.path = path;
    this.account = account;
    this.plant = plant;
    this.trace = trace;
    this.decoder = protocol.decoder("");
  }

  @Override
  public void connect(Addresses node, int receiveBytes) {
    String since = plant == Plant.GOES_ON_FROM_THE_EVENT_BEFORE ? cursorBefore : cursor;
    trace.accept(name + " connects to " + node.node() + " since " + since);
    if (since.isEmpty()) {
      account.beginsAnew();
    }
    account.goesOnAt(node.node());
    isReady = false;
    decoder = protocol.decoder(since);
    RawSocket opened = new RawSocket(node.host(), node.http(), receiveBytes);
    opened.send(protocol.request(path, since));
    socket = opened;
  }

  @Override
  public boolean isConnected() {
    return socket != null;
  }

  @Override
  public int read(int most, Duration patience) {
    if (socket == null) {
      return 0;
    }
    byte[] bytes = socket.readSome(most, patience);
    decoder.take(bytes).forEach(this::take);
    return bytes.length;
  }

  @Override
  public void cutOff() {
    if (socket != null) {
      trace.accept(name + " breaks off");
      socket.close();
      socket = null;
    }
  }

  @Override
  public boolean isReady() {
    return isReady;
  }

  /** How often it was told that messages are lost. */
  long resets() {
    return resets;
  }

  @Override
  public Account account() {
    return account;
  }

  @Override
  public String toString() {
    return name + " of " + path;
  }

  private void take(Protocol.Step step) {
    trace.accept(name + " is told " + step);
    if (!step.cursor().isEmpty() && !step.cursor().equals(cursor)) {
      cursorBefore = cursor;
      cursor = step.cursor();
      account.hasPlace();
    }
    steps++;
    if (plant != Plant.DROPS_AN_EVENT || steps % DROPPED > 0) {
      note(step.told());
    }
  }

  private void note(Told told) {
    switch (told) {
      case Told.Ready() -> isReady = true;
      case Told.Reset reset when reset.losesMessages() -> {
        resets++;
        account.losesItsPlace();
      }
      case Told.Reset reset -> account.forgetsRows();
      case Told.Put(var row, var version, var value) -> account.put(row, version, value);
      case Told.Delete(var row, var version) -> account.delete(row, version);
      case Told.Sent(var message) -> account.once(message);
    }
  }
}
