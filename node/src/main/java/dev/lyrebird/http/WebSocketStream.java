package dev.lyrebird.http;

import dev.lyrebird.format.Format;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Hub;
import dev.lyrebird.pubsub.Member;
import dev.lyrebird.pubsub.Subscriber;
import dev.lyrebird.stream.Notice;
import dev.lyrebird.stream.StreamQuery;
import dev.lyrebird.stream.StreamTarget;
import dev.lyrebird.stream.Telling;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.List;

/**
 * A WebSocket that subscribes to what its path names, and takes its client's frames.
 *
 * <p>Owned by the event loop of its connection.
 */
final class WebSocketStream
    implements Subscriber<StreamTarget>, WebSocketListener, OpenStreams.OpenStream {

  private final WebSocketConnection connection;
  private final Telling<byte[]> telling;
  private final Format format;
  private final boolean tellsReady;
  private final boolean conflates;
  private final ClientFrames frames;
  private final OpenStreams streams;
  private final Member<StreamTarget> member;

  WebSocketStream(
      WebSocketConnection connection,
      Telling<byte[]> telling,
      Format format,
      StreamQuery query,
      ClientFrames frames,
      Hub hub,
      OpenStreams streams) {
    this.connection = connection;
    this.telling = telling;
    this.format = format;
    this.tellsReady = query.tellsReady();
    this.conflates = query.conflates();
    this.frames = frames;
    this.streams = streams;
    this.member = hub.join(this);
  }

  void open(StreamTarget target, StreamQuery query) {
    streams.add(this);
    member.subscribe(target, target.tables(), query.start());
  }

  @Override
  public void text(byte[] utf8) {
    frames.text(utf8);
  }

  @Override
  public void binary(byte[] bytes) {
    frames.binary(bytes, format);
  }

  @Override
  public void drained() {
    frames.drained();
    member.resume();
  }

  @Override
  public void closed(int code, String reason) {
    member.leave();
    telling.end();
    streams.remove(this);
  }

  @Override
  public void goAway() {
    connection.close(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE, "the node is stopping");
  }

  @Override
  public boolean isWritable() {
    return connection.isWritable();
  }

  @Override
  public boolean conflates() {
    return conflates;
  }

  @Override
  public boolean keepsRows() {
    return true;
  }

  @Override
  public void deliver(Event event, List<StreamTarget> subscriptions) {
    byte[] frame = telling.event(event, member);
    if (frame != null) {
      connection.frame(frame);
    }
  }

  @Override
  public void flush() {
    connection.flush();
  }

  @Override
  public void caughtUp(StreamTarget subscription) {
    if (tellsReady) {
      connection.frame(telling.notice(Notice.ready(), member.cursor()));
      connection.flush();
    }
  }

  @Override
  public void reset(String reason) {
    telling.reset();
    connection.frame(telling.notice(Notice.reset(reason), null));
    connection.flush();
  }
}
