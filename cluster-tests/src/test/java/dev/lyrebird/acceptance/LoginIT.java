package dev.lyrebird.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import dev.lyrebird.harness.NodeProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A client that many use logs in to a node that asks for it. */
@TestInstance(Lifecycle.PER_CLASS)
final class LoginIT {

  /** As PostgreSQL stores the password "pencil". */
  private static final String ANNA =
      "anna SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  private NodeProcess node;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Path users = Files.writeString(folder.resolve("users"), ANNA);
    node =
        NodeProcess.start(
            Nodes.named("login")
                .set("mqtt.authentication.usersFile", users.toString())
                .set("mqtt.authentication.required", "true"));
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void clientLogsInByScramAndRenewsItsLogin() throws Exception {
    Scram scram = new Scram("anna", "pencil");
    Mqtt5BlockingClient client = client();
    client.connectWith().enhancedAuth(scram).send();
    assertEquals(MqttClientState.CONNECTED, client.getState());
    client.toAsync().reauth().get(20, TimeUnit.SECONDS);
    assertEquals(1, scram.renewals());
    assertTrue(client.getState().isConnected());
    client.disconnect();
  }

  @Test
  void wrongPasswordIsRefused() {
    Mqtt5ConnAckException refused =
        assertThrows(
            Mqtt5ConnAckException.class,
            () -> client().connectWith().enhancedAuth(new Scram("anna", "pen")).send());
    assertEquals(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED, refused.getMqttMessage().getReasonCode());
  }

  @Test
  void clientLogsInByNameAndPassword() {
    Mqtt5BlockingClient client = client();
    client
        .connectWith()
        .simpleAuth()
        .username("anna")
        .password("pencil".getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    assertTrue(client.getState().isConnected());
    client.disconnect();
  }

  private Mqtt5BlockingClient client() {
    return Mqtt5Client.builder()
        .serverHost(node.addresses().host())
        .serverPort(node.addresses().mqtt())
        .buildBlocking();
  }
}
