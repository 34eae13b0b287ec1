package dev.lyrebird.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lyrebird.auth.ScramSha256;
import dev.lyrebird.auth.ScramSha256.Step;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.util.concurrent.EventExecutor;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the client of one connection proves who it is: by enhanced authentication (MQTT 5.0 §4.12),
 * once before it is let in and again whenever it likes; or by a user name and a password.
 *
 * <p>Owned by the event loop of its connection.
 */
final class Login {

  private static final Logger log = LoggerFactory.getLogger(Login.class);

  /** All that a client is told of a login that fails. */
  private static final String REFUSAL = "the login was refused";

  private static final int LONGEST_IN_LOG = 64;

  /** What an AUTH has around its method and its data, at most. */
  private static final int BYTES_AROUND_STEP = 16;

  private final Connect connect;
  private final MqttConnection connection;
  private final Outbox outbox;
  private final Replies replies;
  private final Logins logins;
  private final MqttCounters counters;
  private final EventExecutor loop;
  private final String address;

  /** What is going on; null while nothing is. */
  private @Nullable ScramSha256 exchange;

  /** The method of enhanced authentication; empty where there is none. */
  private String method = "";

  /** Who it has proven to be; null before. */
  private @Nullable String user;

  /** Whether the client's next AUTH is awaited. */
  private boolean awaitsClient;

  /** Since the exchange began. */
  private int seconds;

  /**
   * @param loop that of the connection
   * @param address where the client comes from
   */
  Login(
      Connect connect,
      MqttConnection connection,
      Outbox outbox,
      Broker broker,
      EventExecutor loop,
      String address) {
    this.connect = connect;
    this.connection = connection;
    this.outbox = outbox;
    this.replies = new Replies(connect);
    this.logins = broker.logins();
    this.counters = broker.counters();
    this.loop = loop;
    this.address = address;
  }

  /** Takes what CONNECT brings. */
  void begin(Credentials credentials) {
    Authentication enhanced = credentials.authentication();
    String userName = credentials.userName();
    byte[] password = credentials.password();
    if (enhanced != null) {
      method = enhanced.method();
      begin(enhanced);
    } else if (logins.hasUsers() && userName != null && password != null) {
      inTurn(userName, () -> check(userName, password));
    } else if (logins.isRequired()) {
      refuse(ReasonCode.NOT_AUTHORIZED, "", "it says nothing of who it is");
    } else {
      grant(Identity.UNKNOWN);
    }
  }

  /** Tells whether an AUTH of the client is awaited, and nothing else that takes time. */
  boolean awaitsClient() {
    return awaitsClient;
  }

  /** Takes an AUTH. */
  void take(MqttMessage packet) {
    Authentication step = null;
    int code = 0;
    if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header) {
      step = new PacketProperties(header.properties()).authentication();
      code = header.reasonCode();
    }
    boolean isAgain = code == ReasonCode.RE_AUTHENTICATE.value();
    if (step == null || !step.method().equals(method)) {
      protocolError("every AUTH names the method of CONNECT"); // [MQTT-4.12.0-5], [MQTT-4.12.1-1]
    } else if (isAgain && user != null && exchange == null) {
      begin(step);
    } else if (!isAgain && awaitsClient) {
      awaitsClient = false;
      take(step);
    } else {
      protocolError(isAgain ? "this is no time to authenticate again" : "nothing is to go on");
    }
  }

  /** Lets a second pass; a client that leaves an exchange unfinished is sent away. */
  void everySecond(int limitSeconds) {
    seconds++;
    if (exchange != null && seconds > limitSeconds) {
      refuse(ReasonCode.NOT_AUTHORIZED, "", "it did not finish in time");
    }
  }

  private void begin(Authentication first) {
    exchange = logins.exchange(first.method());
    seconds = 0;
    if (exchange == null) {
      refuse(ReasonCode.BAD_AUTHENTICATION_METHOD, "", "its method is not offered");
    } else if (first.data() == null) {
      // RFC 4422 §3: the first word is the client's; who has not said it is asked for it.
      ask(new Authentication(method, null));
    } else {
      take(first);
    }
  }

  private void take(Authentication step) {
    byte[] data = step.data() == null ? new byte[0] : step.data();
    switch (Objects.requireNonNull(exchange).take(data)) {
      case Step.Challenge(var name, var message) -> inTurn(name, () -> ask(spoken(message)));
      case Step.Accepted(var name, var message) -> accept(name, spoken(message));
      case Step.Refused(var name, var why) -> {
        logins.delays().failed(address, name);
        refuse(ReasonCode.NOT_AUTHORIZED, name, why);
      }
    }
  }

  private void accept(String name, Authentication last) {
    logins.delays().succeeded(address, name);
    if (user != null && !user.equals(name)) {
      refuse(ReasonCode.NOT_AUTHORIZED, name, "it was another user before");
    } else {
      grant(new Identity(name, last));
    }
  }

  private void grant(Identity identity) {
    boolean isAgain = user != null;
    exchange = null;
    awaitsClient = false;
    user = identity.user();
    if (!isAgain) {
      connection.letIn(identity);
    } else if (identity.lastWord() != null) {
      outbox.send(replies.auth(ReasonCode.SUCCESS, identity.lastWord()));
    }
  }

  private void ask(Authentication step) {
    int size = method.length() + (step.data() == null ? 0 : step.data().length);
    if (size + BYTES_AROUND_STEP > connect.maxPacketBytes()) {
      refuse(ReasonCode.PACKET_TOO_LARGE, "", "it takes no packet as large as the challenge");
    } else {
      awaitsClient = true;
      outbox.send(replies.auth(ReasonCode.CONTINUE_AUTHENTICATION, step));
      connection.hear();
    }
  }

  private void check(String name, byte[] password) {
    logins.check(
        name,
        password,
        outcome ->
            loop.execute(() -> {
              if (!connection.isEnded()) {
                checked(name, outcome);
              }
            }));
  }

  private void checked(String name, Logins.Check outcome) {
    String known = logins.known(name);
    switch (outcome) {
      case RIGHT -> {
        logins.delays().succeeded(address, name);
        grant(new Identity(Objects.requireNonNullElse(known, name), null));
      }
      case WRONG -> {
        logins.delays().failed(address, name);
        refuse(
            ReasonCode.BAD_USER_NAME_OR_PASSWORD,
            name,
            known == null ? "no such user" : "wrong password");
      }
      case BUSY -> refuse(ReasonCode.SERVER_BUSY, name, "too many logins at once");
    }
  }

  /** Does something for a login at once, or when those that failed before have been waited for. */
  private void inTurn(String name, Runnable task) {
    long millis = logins.delays().begin(address, name);
    if (millis == LoginDelays.TOO_LONG) {
      refuse(ReasonCode.NOT_AUTHORIZED, name, "too many logins have failed before");
    } else if (millis == 0) {
      task.run();
    } else {
      var _ =
          loop.schedule(
              () -> {
                if (!connection.isEnded()) {
                  task.run();
                }
              },
              millis,
              TimeUnit.MILLISECONDS);
    }
  }

  private void protocolError(String detail) {
    connection.end(ReasonCode.PROTOCOL_ERROR, detail);
  }

  private void refuse(ReasonCode code, String name, String why) {
    exchange = null;
    awaitsClient = false;
    counters.add(Count.LOGINS_REFUSED, 1);
    log.atWarn()
        .addKeyValue("user", shown(name))
        .addKeyValue("clientId", connect.clientId())
        .addKeyValue("remote", address)
        .log("A login was refused: {}", why);
    connection.end(code, REFUSAL);
  }

  private Authentication spoken(String message) {
    return new Authentication(method, message.getBytes(UTF_8));
  }

  /** Anybody may write anything where a name should stand. */
  private static String shown(String name) {
    String cut = name.length() > LONGEST_IN_LOG ? name.substring(0, LONGEST_IN_LOG) + "…" : name;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
