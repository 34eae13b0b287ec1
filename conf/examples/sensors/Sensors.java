import dev.lyrebird.Lyrebird;
import dev.lyrebird.api.Context;
import dev.lyrebird.api.Message;
import dev.lyrebird.api.ProblemException;
import dev.lyrebird.api.Router;
import dev.lyrebird.api.TableResource;
import java.time.Instant;

/**
 * Readings of sensors: checked, completed, kept, and told again as an alert where they are high.
 */
public final class Sensors extends TableResource {

  /** What a sensor sends. */
  public record Reading(Double temperature, String unit) {}

  /** What is kept of it. */
  public record Kept(double celsius, Instant received) {}

  /** What those hear who watch over all sensors. */
  public record Alert(String sensor, double celsius) {}

  private static final double ABSOLUTE_ZERO = -273.15;
  private static final double TOO_HOT = 60;

  public Sensors() {
    super("Reading");
  }

  @Override
  public Object put(Message content, Context context) throws Exception {
    double celsius = celsius(content.as(Reading.class));
    Object answer = super.put(Message.json(new Kept(celsius, Instant.now())), context);
    if (celsius > TOO_HOT) {
      String sensor = id(context);
      context.tables().table("topics").publish("alerts/" + sensor, new Alert(sensor, celsius));
    }
    return answer;
  }

  @Override
  public Object patch(Message content, Context context) {
    throw new NotOffered(); // a reading is whole
  }

  @Override
  public Object post(Message content, Context context) {
    throw new NotOffered(); // and is put under the name of its sensor
  }

  private static double celsius(Reading reading) {
    if (reading.temperature() == null) {
      throw new ProblemException(422, "a reading has a temperature");
    }
    String unit = reading.unit() == null ? "C" : reading.unit();
    double celsius =
        switch (unit) {
          case "C" -> reading.temperature();
          case "F" -> (reading.temperature() - 32) / 1.8;
          default -> throw new ProblemException(422, "unit is C or F, and not " + unit);
        };
    if (celsius < ABSOLUTE_ZERO) {
      throw new ProblemException(422, "temperature is below absolute zero");
    }
    return celsius;
  }

  public static void main(String[] arguments) {
    Router router = new Router();
    router.resource("/readings/{id*}", new Sensors());
    Lyrebird.start(router, arguments);
  }
}
