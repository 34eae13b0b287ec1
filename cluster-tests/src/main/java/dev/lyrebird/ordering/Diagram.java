package dev.lyrebird.ordering;

import static dev.lyrebird.ordering.Html.fill;
import static dev.lyrebird.ordering.Html.px;
import static dev.lyrebird.ordering.Html.text;

import dev.lyrebird.history.Kind;
import dev.lyrebird.ordering.Trace.Arrival;
import dev.lyrebird.ordering.Trace.Change;
import dev.lyrebird.ordering.Trace.Episode;
import dev.lyrebird.ordering.Trace.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The space-time diagram of a trace as SVG: time goes to the right, each node is a lane, each
 * change an arrow from where it was made to where it arrived. Pure.
 *
 * <p>Marks that would cover one another are drawn side by side in their order, so that a burst can
 * be read; the hover text tells the true times.
 */
final class Diagram {

  private static final double WIDTH = 1160;
  private static final double LEFT = 132;
  private static final double RIGHT = 24;
  private static final double TOP = 56;
  private static final double LANE_GAP = 150;
  private static final double BOTTOM = 48;

  /** The least distance between two marks of one lane. */
  private static final double MARK_GAP = 6.5;

  /** The least distance between two names above one lane. */
  private static final double NAME_GAP = 24;

  /** Marks that are moved apart at the very end need room. */
  private static final double ROOM_AT_THE_END = 1.03;

  private static final double MICROS_PER_SECOND = 1_000_000;

  private final Trace trace;
  private final long end;
  private final Map<Arrival, Double> places = new HashMap<>();
  private final StringBuilder svg = new StringBuilder();

  private Diagram(Trace trace) {
    this.trace = trace;
    this.end = Math.max(1, (long) (trace.endMicros() * ROOM_AT_THE_END));
    for (int node = 0; node < trace.nodes().size(); node++) {
      placeMarks(trace.orderAt(node));
    }
  }

  static String of(Trace trace) {
    return new Diagram(trace).draw();
  }

  private String draw() {
    double height = TOP + LANE_GAP * (trace.nodes().size() - 1) + BOTTOM;
    svg.append(
        fill(
            "<svg class=\"diagram\" viewBox=\"0 0 %s %s\" role=\"img\""
                + " aria-label=\"Space-time diagram\">\n",
            px(WIDTH), px(height)));
    svg.append(
        """
        <defs><pattern id="cut" width="7" height="7" patternUnits="userSpaceOnUse"\
         patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="7"/></pattern>\
        </defs>
        """);
    trace.episodes().forEach(this::drawEpisode);
    drawAxis(height);
    drawLanes();
    trace.changes().forEach(this::drawChange);
    for (int lane = 0; lane < trace.nodes().size(); lane++) {
      drawNames(lane);
    }
    return svg.append("</svg>\n").toString();
  }

  /** Moves marks of one lane apart where they would cover one another, and none off the page. */
  private void placeMarks(List<Step> steps) {
    double[] x = new double[steps.size()];
    double before = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.max(x(steps.get(i).arrival().micros()), before + MARK_GAP);
      before = x[i];
    }
    double after = WIDTH - RIGHT + MARK_GAP;
    for (int i = x.length - 1; i >= 0; i--) {
      x[i] = Math.min(x[i], after - MARK_GAP);
      after = x[i];
      places.put(steps.get(i).arrival(), x[i]);
    }
  }

  private void drawEpisode(Episode episode) {
    double from = x(episode.fromMicros());
    double width = x(episode.toMicros()) - from;
    svg.append(
        fill(
            "<rect class=\"episode\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n",
            px(from), px(TOP - 22), px(width), px(LANE_GAP * (trace.nodes().size() - 1) + 44)));
    svg.append(
        fill(
            "<text class=\"episode-name\" x=\"%s\" y=\"%s\">%s</text>\n",
            px(from + 2), px(TOP - 30), text(episode.name())));
    for (int lane = 0; lane + 1 < trace.nodes().size(); lane++) {
      if (episode.apart().contains(lane) != episode.apart().contains(lane + 1)) {
        svg.append(
            fill(
                "<rect class=\"cut\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"12\"/>\n",
                px(from), px(y(lane) + LANE_GAP / 2 - 6), px(width)));
      }
    }
  }

  private void drawAxis(double height) {
    int seconds = (int) (end / MICROS_PER_SECOND);
    int step = seconds > 24 ? 5 : seconds > 12 ? 2 : 1;
    for (int second = 0; second <= seconds; second += step) {
      double x = x((long) (second * MICROS_PER_SECOND));
      svg.append(
          fill(
              "<line class=\"grid\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
                  + "<text class=\"tick\" x=\"%s\" y=\"%s\">%s s</text>\n",
              px(x), px(TOP - 22), px(x), px(height - BOTTOM + 22), px(x), px(height - 8), second));
    }
  }

  private void drawLanes() {
    for (int lane = 0; lane < trace.nodes().size(); lane++) {
      Trace.Node node = trace.nodes().get(lane);
      svg.append(
          fill(
              "<line class=\"lane\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
                  + "<text class=\"node o%s\" x=\"20\" y=\"%s\">%s</text>"
                  + "<text class=\"clock\" x=\"20\" y=\"%s\">%s</text>\n",
              px(LEFT - 12),
              px(y(lane)),
              px(WIDTH - RIGHT + 12),
              px(y(lane)),
              lane,
              px(y(lane) + 1),
              text(node.name()),
              px(y(lane) + 18),
              text(Words.clock(node.ahead()))));
    }
  }

  /** Names each change where it was made, if there is room beside the name before. */
  private void drawNames(int lane) {
    double last = Double.NEGATIVE_INFINITY;
    for (Step step : trace.orderAt(lane)) {
      double x = place(step.arrival());
      if (step.change().origin() == lane && x - last >= NAME_GAP) {
        last = x;
        svg.append(
            fill(
                "<text class=\"name o%s\" data-change=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n",
                lane,
                text(step.change().name()),
                px(x),
                px(y(lane) + (lane == 0 ? -13 : 21)),
                text(step.change().name())));
      }
    }
  }

  private void drawChange(Change change) {
    svg.append(
        fill(
            "<g class=\"change o%s %s%s\" data-change=\"%s\" tabindex=\"0\">",
            change.origin(),
            Words.kind(change.kind()),
            trace.isWinner(change) ? " winner" : "",
            text(change.name())));
    Arrival origin =
        change.arrivals().stream()
            .filter(arrival -> arrival.node() == change.origin())
            .findFirst()
            .orElseThrow();
    List<Arrival> others = new ArrayList<>(change.arrivals());
    others.remove(origin);
    others.forEach(arrival -> drawArrow(origin, arrival));
    others.forEach(arrival -> drawMark(change, arrival, false));
    drawMark(change, origin, true);
    svg.append(fill("<title>%s</title></g>\n", text(Words.story(trace, change))));
  }

  private void drawArrow(Arrival from, Arrival to) {
    double x1 = place(from);
    double y1 = y(from.node());
    double x2 = place(to);
    double y2 = y(to.node());
    svg.append(
        fill(
            "<path class=\"reach\" d=\"M%s %sL%s %s\"/><path class=\"arrow%s\" d=\"M%s %sL%s %s\"/>",
            px(x1),
            px(y1),
            px(x2),
            px(y2),
            to.told() ? "" : " lost",
            px(x1),
            px(y1),
            px(x2),
            px(y2)));
  }

  private void drawMark(Change change, Arrival arrival, boolean isOrigin) {
    double x = place(arrival);
    double y = y(arrival.node());
    double r = isOrigin ? 5 : 3;
    String look = (isOrigin ? "mark origin" : "mark") + (arrival.told() ? "" : " lost");
    if (change.kind() == Kind.MESSAGE) {
      svg.append(
          fill("<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>", look, px(x), px(y), px(r)));
    } else {
      svg.append(
          fill(
              "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"1\"/>",
              look, px(x - r), px(y - r), px(2 * r), px(2 * r)));
    }
    if (isOrigin && trace.isWinner(change)) {
      svg.append(fill("<circle class=\"halo\" cx=\"%s\" cy=\"%s\" r=\"9.5\"/>", px(x), px(y)));
    }
  }

  private double place(Arrival arrival) {
    return places.getOrDefault(arrival, x(arrival.micros()));
  }

  private double x(long micros) {
    return LEFT + (WIDTH - LEFT - RIGHT) * micros / end;
  }

  private static double y(int lane) {
    return TOP + LANE_GAP * lane;
  }
}
