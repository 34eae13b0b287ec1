package dev.lyrebird.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.net.NetClientOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in on the event bus, and who is not. */
final class MutualTlsTest {

  private static final String ADDRESS = "replica.1";

  /** How long an answer is waited for that must come, and one that must not. */
  private static final long ANSWER_MILLIS = 20_000;

  private static final long NO_ANSWER_MILLIS = 2000;

  @TempDir Path folder;

  private final List<ClusterNode> nodes = new ArrayList<>();
  private final BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
  private Certificate friend = new Certificate(Path.of(""), Path.of(""));

  @BeforeEach
  void nodeWithACertificateListens() throws Exception {
    friend = Certificate.create(folder, "friend");
    ClusterNode node = start(1, tls(friend));
    RunningTable.await(
        node.vertx
            .eventBus()
            .<String>consumer(
                ADDRESS,
                message -> {
                  arrived.add(message.body());
                  message.reply("welcome");
                })
            .completion());
  }

  @AfterEach
  void closeAll() {
    nodes.reversed().forEach(ClusterNode::close);
  }

  @Test
  void nodeWhoseCertificateIsTrustedIsLetIn() {
    ClusterNode other = start(2, tls(friend), nodes.getFirst());

    assertEquals("welcome", RunningTable.await(ask(other, ANSWER_MILLIS)).body());
  }

  @Test
  void nodeWhoseCertificateIsNotTrustedReachesNobody() throws Exception {
    Certificate stranger = Certificate.create(folder, "stranger");
    ClusterNode other =
        start(
            2,
            new ClusterSettings.Tls(stranger.key(), stranger.certificate(), friend.certificate()),
            nodes.getFirst());

    assertThrows(AssertionError.class, () -> RunningTable.await(ask(other, NO_ANSWER_MILLIS)));
    assertEquals(List.of(), List.copyOf(arrived));
  }

  @Test
  void nodeThatDoesNotEncryptReachesNobody() {
    ClusterNode other = start(2, null, nodes.getFirst());

    assertThrows(AssertionError.class, () -> RunningTable.await(ask(other, NO_ANSWER_MILLIS)));
    assertEquals(List.of(), List.copyOf(arrived));
  }

  @Test
  void clientWithoutACertificateIsTurnedAway() {
    Vertx vertx = Vertx.vertx();
    try {
      // With TLS 1.3 a client is connected before the server has seen that there is no certificate.
      RunningTable.await(
          vertx
              .createNetClient(
                  new NetClientOptions()
                      .setSsl(true)
                      .setTrustAll(true)
                      .setHostnameVerificationAlgorithm(""))
              .connect(nodes.getFirst().busPort(), ClusterNode.LOOPBACK)
              .compose(socket -> Future.future(promise -> socket.closeHandler(promise::complete))));
    } finally {
      RunningTable.await(vertx.close());
    }
  }

  @Test
  void brokenKeyIsRefusedAtTheStart() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.key"), "no key");

    assertThrows(
        AssertionError.class,
        () ->
            start(2, new ClusterSettings.Tls(broken, friend.certificate(), friend.certificate())));
  }

  private Future<Message<String>> ask(ClusterNode node, long millis) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(millis);
    return node.vertx.eventBus().request(ADDRESS, "here", options);
  }

  private ClusterNode start(long id, ClusterSettings.@Nullable Tls tls, ClusterNode... others) {
    ClusterNode node = ClusterNode.start(ClusterNode.settings("tls", tls, others), id);
    nodes.add(node);
    return node;
  }

  private static ClusterSettings.Tls tls(Certificate own) {
    return new ClusterSettings.Tls(own.key(), own.certificate(), own.certificate());
  }
}
