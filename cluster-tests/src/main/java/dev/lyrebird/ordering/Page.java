package dev.lyrebird.ordering;

import static dev.lyrebird.ordering.Html.fill;
import static dev.lyrebird.ordering.Html.text;

import dev.lyrebird.history.Kind;
import dev.lyrebird.history.Verdict;
import dev.lyrebird.ordering.Trace.Change;
import dev.lyrebird.ordering.Trace.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A trace as one HTML page that needs nothing beside it. Pure: the same trace, the same page. */
final class Page {

  private static final String TEMPLATE = "page.html";

  private final Trace trace;
  private final Map<String, Change> byName;

  private Page(Trace trace) {
    this.trace = trace;
    this.byName =
        trace.changes().stream().collect(Collectors.toMap(Change::name, change -> change));
  }

  static String of(Trace trace) {
    Page page = new Page(trace);
    return template()
        .replace("<!--SUMMARY-->", text(trace.summary()))
        .replace("<!--RESULT-->", page.result())
        .replace("<!--LEGEND-->", page.legend())
        .replace("<!--DIAGRAM-->", Diagram.of(trace))
        .replace("<!--ORDERS-->", page.orders())
        .replace("<!--ROWS-->", page.rows())
        .replace("<!--VERDICTS-->", page.verdicts());
  }

  private String result() {
    long broken = trace.verdicts().stream().filter(verdict -> !verdict.holds()).count();
    return trace.holds()
        ? fill("<p class=\"result good\">All %s laws hold</p>", trace.verdicts().size())
        : fill(
            "<p class=\"result bad\">%s of %s laws are broken</p>",
            broken, trace.verdicts().size());
  }

  private String legend() {
    StringBuilder nodes = new StringBuilder();
    for (int i = 0; i < trace.nodes().size(); i++) {
      nodes.append(
          fill(
              "<li><i class=\"swatch o%s\"></i>made at %s</li>",
              i, text(trace.nodes().get(i).name())));
    }
    return nodes.toString();
  }

  private String orders() {
    StringBuilder lists = new StringBuilder();
    for (int node = 0; node < trace.nodes().size(); node++) {
      List<Step> steps = trace.orderAt(node);
      long told = steps.stream().filter(step -> step.arrival().told()).count();
      lists.append(
          fill(
              "<section class=\"order\"><h3 class=\"o%s\">%s <small>%s applied, %s told</small>"
                  + "</h3><ol>",
              node, text(trace.nodes().get(node).name()), steps.size(), told));
      steps.forEach(step ->
          lists.append(
              fill("<li>%s</li>", chip(step.change(), step.arrival().told() ? "" : " lost"))));
      lists.append("</ol></section>\n");
    }
    return lists.toString();
  }

  private String rows() {
    StringBuilder table = new StringBuilder("<thead><tr><th>Row</th>");
    trace.nodes().forEach(node -> table.append(fill("<th>on %s</th>", text(node.name()))));
    table.append("<th>Its changes, oldest version first</th></tr></thead><tbody>");
    trace
        .contests()
        .forEach((topic, changes) -> {
          table.append(fill("<tr><th scope=\"row\">%s</th>", text(topic)));
          trace
              .rows()
              .getOrDefault(topic, List.of())
              .forEach(held -> table.append(fill("<td>%s</td>", held(held))));
          table.append("<td class=\"contest\">");
          changes.forEach(change ->
              table.append(
                  fill(
                      "<span class=\"rival\">%s<small>%s</small></span>",
                      chip(change, trace.isWinner(change) ? "" : " past"),
                      Words.version(change.version()))));
          table.append("</td></tr>");
        });
    return table.append("</tbody>").toString();
  }

  private String held(Optional<String> name) {
    return name.flatMap(known -> Optional.ofNullable(byName.get(known)))
        .map(change -> chip(change, ""))
        .orElse("<span class=\"gone\">gone</span>");
  }

  /** A change as a small sign; {@code look} is empty, or a class for one that is not in force. */
  private static String chip(Change change, String look) {
    return fill(
        "<span class=\"chip o%s %s%s\" data-change=\"%s\">%s</span>",
        change.origin(),
        change.kind() == Kind.MESSAGE ? "message" : "row",
        look,
        text(change.name()),
        text(change.name()));
  }

  private String verdicts() {
    return trace.verdicts().stream().map(Page::verdict).collect(Collectors.joining("\n"));
  }

  private static String verdict(Verdict verdict) {
    return fill(
        "<li class=\"%s\"><b>%s</b><span>%s</span></li>",
        verdict.holds() ? "good" : "bad",
        text(verdict.law().toString()),
        text(
            verdict.holds()
                ? String.format(Locale.ROOT, "%,d checked", verdict.facts())
                : String.join("; ", verdict.examples())));
  }

  private static String template() {
    try (InputStream page = Page.class.getResourceAsStream(TEMPLATE)) {
      if (page == null) {
        throw new IllegalStateException("the class path lacks " + TEMPLATE);
      }
      return new String(page.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
