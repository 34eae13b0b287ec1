package dev.lyrebird.mqtt;

import dev.lyrebird.journal.ByteReader;
import dev.lyrebird.journal.ByteWriter;
import dev.lyrebird.journal.EntryCodec;
import dev.lyrebird.journal.Place;
import dev.lyrebird.mqtt.GroupLetter.Check;
import dev.lyrebird.mqtt.GroupLetter.Done;
import dev.lyrebird.mqtt.GroupLetter.Forget;
import dev.lyrebird.mqtt.GroupLetter.Gone;
import dev.lyrebird.mqtt.GroupLetter.Join;
import dev.lyrebird.mqtt.GroupLetter.Joined;
import dev.lyrebird.mqtt.GroupLetter.Leave;
import dev.lyrebird.mqtt.GroupLetter.Offer;
import dev.lyrebird.mqtt.GroupLetter.Retire;
import dev.lyrebird.mqtt.GroupLetter.SessionEnded;
import dev.lyrebird.mqtt.GroupMail.Counted;
import dev.lyrebird.mqtt.GroupMail.Hello;
import dev.lyrebird.mqtt.GroupMail.RollCall;
import dev.lyrebird.mqtt.GroupMail.ToConsumers;
import dev.lyrebird.mqtt.GroupMail.ToHolder;
import dev.lyrebird.mqtt.GroupMessage.Name;
import dev.lyrebird.mqtt.GroupPost.Effect;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What groups tell one another as bytes: the number of this format, a kind, and the fields in the
 * order of their records. Of a message its place is left out, which means nothing on another node.
 */
final class GroupMailCodec {

  private static final int FORMAT = 1;

  private static final int HELLO = 0;
  private static final int ROLL_CALL = 1;
  private static final int COUNTED = 2;
  private static final int TO_HOLDER = 3;
  private static final int TO_CONSUMERS = 4;

  private static final int JOIN = 0;
  private static final int DONE = 1;
  private static final int RETIRE = 2;
  private static final int LEAVE = 3;
  private static final int SESSION_ENDED = 4;
  private static final int GONE = 5;

  private static final int JOINED = 0;
  private static final int OFFER = 1;
  private static final int FORGET = 2;
  private static final int CHECK = 3;

  private GroupMailCodec() {}

  static byte[] encode(GroupMail mail) {
    ByteWriter out = new ByteWriter(128);
    out.octet(FORMAT);
    switch (mail) {
      case Hello hello -> {
        out.octet(HELLO);
        encode(out, hello.isReady());
        encode(out, hello.wantsAnswer());
      }
      case RollCall(var group) -> {
        out.octet(ROLL_CALL);
        out.string(group);
      }
      case Counted(var group) -> {
        out.octet(COUNTED);
        out.string(group);
      }
      case ToHolder(var group, var number, var letter) -> {
        out.octet(TO_HOLDER);
        out.string(group);
        out.varint(number);
        encode(out, letter);
      }
      case ToConsumers(var group, var letters) -> {
        out.octet(TO_CONSUMERS);
        out.string(group);
        out.varint(letters.size());
        for (Effect one : letters) {
          out.varint(one.to().number());
          encode(out, one.letter());
        }
      }
    }
    return out.toByteArray();
  }

  private static void encode(ByteWriter out, GroupLetter.ToHolder letter) {
    switch (letter) {
      case Join join -> {
        out.octet(JOIN);
        out.varint(join.number());
        encode(out, join.isFirst());
        out.string(join.clientId());
        out.varint(join.expirySeconds());
        out.octet(join.qos());
        out.varint(join.window());
        out.varint(join.heard());
        encode(out, join.inFlight());
        encode(out, join.done());
      }
      case Done(var names) -> {
        out.octet(DONE);
        encode(out, names);
      }
      case Retire(var sent) -> {
        out.octet(RETIRE);
        encode(out, sent);
      }
      case Leave(var sent, var keptUntilMillis) -> {
        out.octet(LEAVE);
        encode(out, sent);
        out.varint(keptUntilMillis);
      }
      case SessionEnded(var clientId) -> {
        out.octet(SESSION_ENDED);
        out.string(clientId);
      }
      case Gone _ -> out.octet(GONE);
    }
  }

  private static void encode(ByteWriter out, GroupLetter.ToConsumer letter) {
    switch (letter) {
      case Joined(var number) -> {
        out.octet(JOINED);
        out.varint(number);
      }
      case Offer offer -> {
        out.octet(OFFER);
        out.varint(offer.number());
        out.varint(Integer.toUnsignedLong(offer.message().table()));
        out.string(offer.message().topic());
        out.bytes(EntryCodec.encode(List.of(offer.message().entry())));
        out.octet(offer.qos());
        encode(out, offer.isAgain());
      }
      case Forget(var names) -> {
        out.octet(FORGET);
        encode(out, names);
      }
      case Check(var number) -> {
        out.octet(CHECK);
        out.varint(number);
      }
    }
  }

  private static void encode(ByteWriter out, List<Name> names) {
    out.varint(names.size());
    names.forEach(name -> GroupStateCodec.encode(out, name));
  }

  private static void encode(ByteWriter out, boolean flag) {
    out.octet(flag ? 1 : 0);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param self the id of this node, to whose consumers letters to consumers are
   * @throws IllegalArgumentException where the bytes are no mail of this format
   */
  static GroupMail decode(byte[] bytes, long self) {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "mail of groups in format %d, but this node reads %d".formatted(format, FORMAT));
      }
      GroupMail mail = mail(in, self);
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many in mail of groups");
      }
      return mail;
    } catch (BufferUnderflowException | ArithmeticException e) {
      throw new IllegalArgumentException("mail of groups ends early or holds nonsense", e);
    }
  }

  private static GroupMail mail(ByteBuffer in, long self) {
    int kind = in.get();
    return switch (kind) {
      case HELLO -> new Hello(flag(in), flag(in));
      case ROLL_CALL -> new RollCall(ByteReader.string(in));
      case COUNTED -> new Counted(ByteReader.string(in));
      case TO_HOLDER -> new ToHolder(ByteReader.string(in), ByteReader.varint(in), toHolder(in));
      case TO_CONSUMERS ->
          new ToConsumers(
              ByteReader.string(in),
              GroupStateCodec.list(
                  in,
                  each ->
                      new Effect(new ConsumerId(self, ByteReader.varint(each)), toConsumer(each))));
      default -> throw new IllegalArgumentException("mail of groups of unknown kind " + kind);
    };
  }

  private static GroupLetter.ToHolder toHolder(ByteBuffer in) {
    int kind = in.get();
    return switch (kind) {
      case JOIN ->
          new Join(
              ByteReader.varint(in),
              flag(in),
              ByteReader.string(in),
              ByteReader.varint(in),
              in.get(),
              (int) ByteReader.varint(in),
              ByteReader.varint(in),
              names(in),
              names(in));
      case DONE -> new Done(names(in));
      case RETIRE -> new Retire(names(in));
      case LEAVE -> new Leave(names(in), ByteReader.varint(in));
      case SESSION_ENDED -> new SessionEnded(ByteReader.string(in));
      case GONE -> new Gone();
      default -> throw new IllegalArgumentException("a letter of unknown kind " + kind);
    };
  }

  private static GroupLetter.ToConsumer toConsumer(ByteBuffer in) {
    int kind = in.get();
    return switch (kind) {
      case JOINED -> new Joined(ByteReader.varint(in));
      case OFFER -> new Offer(ByteReader.varint(in), message(in), in.get(), flag(in));
      case FORGET -> new Forget(names(in));
      case CHECK -> new Check(ByteReader.varint(in));
      default -> throw new IllegalArgumentException("a letter of unknown kind " + kind);
    };
  }

  private static GroupMessage message(ByteBuffer in) {
    return new GroupMessage(
        (int) ByteReader.varint(in),
        ByteReader.string(in),
        EntryCodec.decode(ByteReader.bytes(in)).getFirst(),
        Place.START);
  }

  private static List<Name> names(ByteBuffer in) {
    return GroupStateCodec.list(in, GroupStateCodec::name);
  }

  private static boolean flag(ByteBuffer in) {
    return in.get() != 0;
  }
}
