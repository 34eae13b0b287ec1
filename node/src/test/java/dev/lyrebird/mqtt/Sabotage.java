package dev.lyrebird.mqtt;

import dev.lyrebird.resource.MemoryTables;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/** Faults that are planted in a node, each against one of the laws of {@link HostileRun}. */
enum Sabotage {
  NONE(),

  /** A connection throws. */
  THROWS(Law.NO_EXCEPTION) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.addBefore(
          pipeline.context(MqttConnection.class).name(),
          null,
          new ChannelDuplexHandler() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message)
                throws Exception {
              boolean isUnsubscribe = type(message) == MqttMessageType.UNSUBSCRIBE;
              super.channelRead(context, message);
              if (isUnsubscribe) {
                throw new IllegalStateException("planted");
              }
            }
          });
    }
  },

  /** A task of the event loop throws. */
  THROWS_ON_LOOP(Law.NO_EXCEPTION) {
    @Override
    void plant(MemoryTables tables) {
      tables.refuse(write -> {
        throw new IllegalStateException("planted");
      });
    }
  },

  /** An answer is spoilt. */
  GARBLES(Law.WELL_FORMED) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.addFirst(
          new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
                throws Exception {
              if (message instanceof ByteBuf bytes && bytes.isReadable()) {
                bytes.setByte(bytes.readerIndex(), 0x0f ^ bytes.getByte(bytes.readerIndex()));
              }
              super.write(context, message, promise);
            }
          });
    }
  },

  /** Half of an answer is all that is sent of it. */
  CUTS(Law.WELL_FORMED) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.addFirst(
          new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
                throws Exception {
              if (message instanceof ByteBuf bytes && bytes.isReadable()) {
                bytes.writerIndex(bytes.writerIndex() - 1);
              }
              super.write(context, message, promise);
            }
          });
    }
  },

  /** Faulty packets reach the decoder, and what follows them reaches tables. */
  LETS_PASS(Law.WELL_FORMED, Law.TELLS_WHY, Law.NOTHING_BEHIND) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.remove(PacketGuard.class);
    }
  },

  /** Clients are not told why they have to go. */
  SAYS_NOTHING(Law.TELLS_WHY) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.addBefore(
          pipeline.context(PacketGuard.class).name(),
          null,
          new ChannelDuplexHandler() {
            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
                throws Exception {
              if (type(message) != MqttMessageType.DISCONNECT) {
                super.write(context, message, promise);
              }
            }
          });
    }
  },

  /** Clients are told to go, and stay. */
  STAYS_OPEN(Law.ENDS, Law.WELL_FORMED) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.addFirst(
          new ChannelDuplexHandler() {
            @Override
            public void close(ChannelHandlerContext context, ChannelPromise promise) {}
          });
    }
  },

  /** A buffer is never released. */
  LEAKS(Law.NO_BUFFER_LEFT) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      pipeline.addFirst(
          new ChannelDuplexHandler() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message)
                throws Exception {
              super.channelRead(context, ReferenceCountUtil.retain(message));
            }
          });
    }
  },

  /** A connection that is closed is kept. */
  CLINGS(Law.NOTHING_LEFT) {
    @Override
    void plant(ChannelPipeline pipeline, List<Object> clutched) {
      clutched.add(pipeline.get(MqttConnection.class));
    }
  },

  /** What healthy clients send comes to nothing. */
  HARMS_OTHERS(Law.NO_HARM) {
    @Override
    void plant(MemoryTables tables) {
      tables.refuse(write -> write.id().startsWith(HealthyPair.TOPICS) ? HostileRun.REFUSAL : null);
    }
  };

  @SuppressWarnings("ImmutableEnumChecker") // made by the constructor and never changed
  private final List<Law> laws;

  Sabotage(Law... laws) {
    this.laws = List.of(laws);
  }

  /** Tells whether it breaks a law. */
  boolean breaks(Law law) {
    return laws.contains(law);
  }

  /** Tells whether it shows in what does not come about, so that it takes time to be noticed. */
  boolean isWaitedFor() {
    return laws.stream().anyMatch(Law::isWaitedFor);
  }

  /**
   * Plants it in a connection.
   *
   * @param clutched is kept as long as the node is
   */
  void plant(ChannelPipeline pipeline, List<Object> clutched) {}

  /** Plants it in the tables, on their event loop. */
  void plant(MemoryTables tables) {}

  private static MqttMessageType type(Object message) {
    return message instanceof MqttMessage packet && packet.fixedHeader() != null
        ? packet.fixedHeader().messageType()
        : MqttMessageType.CONNECT;
  }
}
