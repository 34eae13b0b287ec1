import dev.lyrebird.Lyrebird;
import dev.lyrebird.api.Connection;
import dev.lyrebird.api.ConnectionHandler;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Response;
import dev.lyrebird.api.Room;
import dev.lyrebird.api.Router;

/** A chat: one room for each path, and whoever is in it hears what is said there, on all nodes. */
public final class Chat implements ConnectionHandler<Chat.Guest> {

  /** What is kept of a connection. */
  public record Guest(String name, Room room) {}

  /** What a guest says. */
  public record Said(String text) {}

  /** What the others hear. */
  public record Heard(String from, String text) {}

  @Override
  public Guest open(Connection connection) {
    String name = connection.context().query("name");
    if (name == null) {
      name = connection.context().header("name"); // MQTT has no query, but User Properties
    }
    if (name == null || name.isBlank()) {
      throw new ProblemException(400, "say who you are: ?name=, over MQTT 5 a User Property");
    }
    Room room = connection.room(connection.context().parameter("room"));
    room.broadcast(new Heard("", name + " has come"));
    connection.join(room);
    connection.send(new Heard("", "welcome to " + room.name() + ", " + name));
    return new Guest(name, room);
  }

  @Override
  public void message(Connection connection, Guest guest, Message message) {
    String text = message.as(Said.class).text();
    if (text == null) {
      throw new ProblemException(422, "say something: {\"text\":\"hi\"}");
    }
    guest.room().broadcast(new Heard(guest.name(), text));
  }

  @Override
  public void close(Connection connection, Guest guest, int code, String reason) {
    guest.room().broadcast(new Heard("", guest.name() + " has left"));
  }

  public static void main(String[] arguments) {
    Router router = new Router();
    router.ws("/chat/{room}", new Chat());
    router.get("/chat", context -> Response.file(Chat.class, "chat.html"));
    Lyrebird.start(router, arguments);
  }
}
