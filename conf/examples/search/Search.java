import dev.lyrebird.Lyrebird;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.OutgoingMessages;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Resource;
import dev.lyrebird.api.Router;
import dev.lyrebird.api.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks for a word in all books, and tells of each as soon as it is found. */
public final class Search implements Resource {

  /** A row of the table. */
  public record Book(String id, String title, String author, String text) {}

  /** What is told of one. */
  public record Found(String id, String title, String author, String around) {}

  private static final int SHORTEST = 2;
  private static final int AROUND = 40;

  @Override
  public OutgoingMessages subscribe(Context context) {
    String word = word(context);
    return outgoing -> {
      int found = 0;
      try (Rows<Book> books = books(context)) {
        for (Book book : books) {
          Found hit = find(word, book);
          if (hit != null) {
            outgoing.send(Message.json(hit).withEvent("found").withId(book.id()));
            found++;
          }
        }
      }
      outgoing.send(Message.json(Map.of("found", found)).withEvent("done"));
    };
  }

  @Override
  public Object get(Context context) {
    String word = word(context);
    List<Found> all = new ArrayList<>();
    try (Rows<Book> books = books(context)) {
      for (Book book : books) {
        Found hit = find(word, book);
        if (hit != null) {
          all.add(hit);
        }
      }
    }
    return all;
  }

  private static String word(Context context) {
    String word = context.query("q");
    if (word == null || word.strip().length() < SHORTEST) {
      throw new ProblemException(
          400, "say what to look for, at least %d letters: ?q=whale".formatted(SHORTEST));
    }
    return word.strip().toLowerCase(Locale.ROOT);
  }

  private static Rows<Book> books(Context context) {
    return context.tables().table("Book").query("", Book.class);
  }

  private static Found find(String word, Book book) {
    String text = book.text() == null ? "" : book.text();
    int at = text.toLowerCase(Locale.ROOT).indexOf(word);
    if (at < 0) {
      return null;
    }
    int from = Math.max(0, at - AROUND);
    int to = Math.min(text.length(), at + word.length() + AROUND);
    return new Found(book.id(), book.title(), book.author(), text.substring(from, to));
  }

  public static void main(String[] arguments) {
    Router router = new Router();
    router.resource("/search", new Search());
    Lyrebird.start(router, arguments);
  }
}
