package dev.lyrebird.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.auth.Mqtt5EnhancedAuthMechanism;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5Auth;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5AuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5EnhancedAuthBuilder;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5Disconnect;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** SCRAM-SHA-256 (RFC 7677) as HiveMQ's client lets its users add it. */
final class Scram implements Mqtt5EnhancedAuthMechanism {

  private static final String NONCE = "fyko+d2lbbFgONRv9qkxdawL";

  private final String user;
  private final String password;
  private final AtomicInteger renewals = new AtomicInteger();
  private volatile String expected = "";

  Scram(String user, String password) {
    this.user = user;
    this.password = password;
  }

  /** Returns how often the client has authenticated again. */
  int renewals() {
    return renewals.get();
  }

  @Override
  public MqttUtf8String getMethod() {
    return MqttUtf8String.of("SCRAM-SHA-256");
  }

  @Override
  public int getTimeout() {
    return 10;
  }

  @Override
  public CompletableFuture<Void> onAuth(
      Mqtt5ClientConfig client, Mqtt5Connect connect, Mqtt5EnhancedAuthBuilder auth) {
    auth.data(("n,," + first()).getBytes(UTF_8));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Void> onReAuth(Mqtt5ClientConfig client, Mqtt5AuthBuilder auth) {
    auth.data(("n,," + first()).getBytes(UTF_8));
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<Boolean> onContinue(
      Mqtt5ClientConfig client, Mqtt5Auth asked, Mqtt5AuthBuilder auth) {
    auth.data(answer(text(asked.getData())).getBytes(UTF_8));
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public CompletableFuture<Boolean> onAuthSuccess(Mqtt5ClientConfig client, Mqtt5ConnAck connAck) {
    String proof = text(connAck.getEnhancedAuth().orElseThrow().getData());
    return CompletableFuture.completedFuture(proof.equals(expected));
  }

  @Override
  public CompletableFuture<Boolean> onReAuthSuccess(Mqtt5ClientConfig client, Mqtt5Auth auth) {
    renewals.incrementAndGet();
    return CompletableFuture.completedFuture(text(auth.getData()).equals(expected));
  }

  @Override
  public void onAuthRejected(Mqtt5ClientConfig client, Mqtt5ConnAck connAck) {}

  @Override
  public void onReAuthRejected(Mqtt5ClientConfig client, Mqtt5Disconnect disconnect) {}

  @Override
  public void onAuthError(Mqtt5ClientConfig client, Throwable cause) {}

  @Override
  public void onReAuthError(Mqtt5ClientConfig client, Throwable cause) {}

  private String first() {
    return "n=" + user + ",r=" + NONCE;
  }

  private String answer(String challenge) {
    String[] parts = challenge.split(",", 3);
    String withoutProof = "c=biws," + parts[0];
    String message = first() + "," + challenge + "," + withoutProof;
    byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
    int iterations = Integer.parseInt(parts[2].substring(2));
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
              .getEncoded();
      byte[] clientKey = hmac(salted, "Client Key");
      byte[] proof = hmac(MessageDigest.getInstance("SHA-256").digest(clientKey), message);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= clientKey[i];
      }
      byte[] signature = hmac(hmac(salted, "Server Key"), message);
      expected = "v=" + Base64.getEncoder().encodeToString(signature);
      return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  private static String text(Optional<ByteBuffer> data) {
    return data.map(bytes -> UTF_8.decode(bytes).toString()).orElse("");
  }
}
