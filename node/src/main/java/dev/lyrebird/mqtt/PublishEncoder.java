package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.api.Message;
import dev.lyrebird.journal.Payload;
import dev.lyrebird.journal.PublishProperties;
import dev.lyrebird.journal.PublishProperties.UserProperty;
import dev.lyrebird.journal.Write;
import dev.lyrebird.pubsub.Event;
import dev.lyrebird.pubsub.Form;
import dev.lyrebird.pubsub.TopicFilter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Encodes events as PUBLISH packets, one {@link PublishImage} for each protocol version, quality of
 * service and RETAIN flag. The Message Expiry Interval is what is left of it at that moment
 * ([MQTT-3.3.2-6]); an event is sent in the turn in which it is encoded, so that holds.
 *
 * <p>Owned by one event loop.
 */
final class PublishEncoder {

  /** Payloads of this size on are shared between subscribers; copying smaller ones is cheaper. */
  static final int SHARED_PAYLOAD_BYTES = 512;

  private static final int PUBLISH = 0x30;
  private static final int RETAIN = 0x01;
  private static final int MAX_QOS = 2;
  private static final byte[] NOTHING = new byte[0];

  /** A string of MQTT has its length before it in two bytes. */
  private static final int LONGEST_STRING = 65_535;

  private final InstantSource clock;
  private final Turn sharer;
  private final Form<ByteBuf> sharedPayload;
  private final Form<PublishImage>[] forms;

  /**
   * Creates an encoder.
   *
   * @param clock tells how much of a message's life is left
   * @param sharer holds large payloads in memory that sockets can write from
   */
  PublishEncoder(InstantSource clock, Turn sharer) {
    this.clock = clock;
    this.sharer = sharer;
    this.sharedPayload = event -> sharer.share(event.entry().payload().bytes());
    this.forms = forms();
  }

  /** Returns the wire form; always the same object for the same arguments. */
  Form<PublishImage> form(boolean isVersion5, int qos, boolean retain) {
    return forms[index(isVersion5, qos, retain)];
  }

  private static int index(boolean isVersion5, int qos, boolean retain) {
    return (isVersion5 ? 2 * (MAX_QOS + 1) : 0) + (retain ? MAX_QOS + 1 : 0) + qos;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of a generic type
  private Form<PublishImage>[] forms() {
    Form<PublishImage>[] all = new Form[4 * (MAX_QOS + 1)];
    for (boolean isVersion5 : new boolean[] {false, true}) {
      for (boolean retain : new boolean[] {false, true}) {
        for (int qos = 0; qos <= MAX_QOS; qos++) {
          int fixedHeader = PUBLISH | qos << 1 | (retain ? RETAIN : 0);
          all[index(isVersion5, qos, retain)] = event -> encode(event, isVersion5, fixedHeader);
        }
      }
    }
    return all;
  }

  private PublishImage encode(Event event, boolean isVersion5, int fixedHeader) {
    return assemble(
        fixedHeader,
        topic(event.topic()),
        isVersion5 ? properties(event) : NOTHING,
        event.entry().payload().bytes(),
        isVersion5,
        () -> event.as(sharedPayload));
  }

  /**
   * Encodes what users' code sends, at QoS 0 and not retained. It is to be sent in this turn.
   *
   * @param topic with its length before it, see {@link #topic}
   */
  PublishImage image(byte[] topic, Message message, boolean isVersion5) {
    return assemble(
        PUBLISH,
        topic,
        isVersion5 ? properties(message) : NOTHING,
        message.bytes(),
        isVersion5,
        () -> sharer.share(message.bytes()));
  }

  /**
   * @param shared returns a payload that is large enough to be shared
   */
  private static PublishImage assemble(
      int fixedHeader,
      byte[] topic,
      byte[] properties,
      byte[] payload,
      boolean isVersion5,
      Supplier<ByteBuf> shared) {
    boolean isShared = payload.length >= SHARED_PAYLOAD_BYTES;
    PublishImage.Parts parts =
        new PublishImage.Parts(
            fixedHeader, topic, properties, isShared ? NOTHING : payload, payload.length);
    int packetIdLength = parts.packetIdLength();
    int propertyLengthLength = isVersion5 ? Varint.size(properties.length) : 0;
    long remaining =
        (long) topic.length
            + packetIdLength
            + propertyLengthLength
            + properties.length
            + payload.length;
    if (topic.length == 0 || remaining > Varint.MAX) {
      return PublishImage.UNSENDABLE;
    }
    int size = 1 + Varint.size((int) remaining) + (int) remaining;
    ByteBuf copy = Unpooled.wrappedBuffer(new byte[isShared ? size - payload.length : size]);
    copy.writerIndex(0).writeByte(fixedHeader);
    Varint.write(copy, (int) remaining);
    copy.writeBytes(topic);
    int packetIdAt = packetIdLength == 0 ? 0 : copy.writerIndex();
    copy.writeZero(packetIdLength);
    if (isVersion5) {
      Varint.write(copy, properties.length);
      copy.writeBytes(properties);
    }
    copy.writeBytes(parts.copiedPayload());
    return new PublishImage(parts, copy.array(), packetIdAt, size, isShared ? shared.get() : null);
  }

  /** Returns a topic with its length before it; empty for what is no topic of MQTT. */
  static byte[] topic(String topic) {
    if (TopicFilter.topicFault(topic) != null) {
      return NOTHING;
    }
    ByteBuf out = Unpooled.buffer(Short.BYTES + topic.length());
    writeString(out, topic);
    return ByteBufUtil.getBytes(out);
  }

  private byte[] properties(Event event) {
    Payload payload = event.entry().payload();
    Write write = event.entry().change().write();
    PublishProperties more = payload.properties();
    String contentType = payload.contentType();
    if (more == null && contentType == null && write.expiresAtMillis() == 0) {
      return NOTHING;
    }
    ByteBuf out = Unpooled.buffer();
    if (write.expiresAtMillis() != 0) {
      long seconds = Math.max(0, Math.ceilDiv(write.expiresAtMillis() - clock.millis(), 1000));
      out.writeByte(ClientProperty.MESSAGE_EXPIRY_INTERVAL.identifier());
      out.writeInt((int) Math.min(seconds, 0xffff_ffffL));
    }
    if (contentType != null) {
      out.writeByte(ClientProperty.CONTENT_TYPE.identifier());
      writeString(out, contentType);
    }
    if (more != null) {
      writeProperties(out, more);
    }
    return ByteBufUtil.getBytes(out);
  }

  private static byte[] properties(Message message) {
    ByteBuf out = Unpooled.buffer();
    if (message.isText()) {
      out.writeByte(ClientProperty.PAYLOAD_FORMAT_INDICATOR.identifier()).writeByte(1);
    }
    String contentType = message.contentType();
    if (contentType.length() * 3 <= LONGEST_STRING && contentType.indexOf(0) < 0) {
      out.writeByte(ClientProperty.CONTENT_TYPE.identifier());
      writeString(out, contentType);
    }
    return ByteBufUtil.getBytes(out);
  }

  private static void writeProperties(ByteBuf out, PublishProperties properties) {
    if (properties.utf8()) {
      out.writeByte(ClientProperty.PAYLOAD_FORMAT_INDICATOR.identifier()).writeByte(1);
    }
    String responseTopic = properties.responseTopic();
    if (responseTopic != null) {
      out.writeByte(ClientProperty.RESPONSE_TOPIC.identifier());
      writeString(out, responseTopic);
    }
    byte[] correlationData = properties.correlationData();
    if (correlationData != null) {
      out.writeByte(ClientProperty.CORRELATION_DATA.identifier());
      out.writeShort(correlationData.length).writeBytes(correlationData);
    }
    for (UserProperty property : properties.userProperties()) {
      out.writeByte(ClientProperty.USER_PROPERTY.identifier());
      writeString(out, property.name());
      writeString(out, property.value());
    }
  }

  private static void writeString(ByteBuf out, String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    out.writeShort(utf8.length).writeBytes(utf8);
  }
}
