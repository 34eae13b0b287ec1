package dev.lyrebird.mqtt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** {@code MQTT.md} has a row for every normative statement, and no row claims what is not there. */
final class MqttStatementsTest {

  /** The sections of MQTT 3.1.1 that make statements, each with the number of its last one. */
  private static final String OF_3_1_1 =
      """
      1.5.3-3 2.2.2-2 2.3.1-7 3.1.0-2 3.1.2-24 3.1.3-11 3.1.4-5 3.2.0-1 3.2.2-6 3.3.1-12 3.3.2-3
      3.3.4-1 3.3.5-2 3.6.1-1 3.8.1-1 3.8.3-4 3.8.4-6 3.9.3-2 3.10.1-1 3.10.3-2 3.10.4-6 3.12.4-1
      3.14.1-1 3.14.4-3 4.1.0-2 4.3.1-1 4.3.2-2 4.3.3-2 4.4.0-1 4.5.0-2 4.6.0-6 4.7.1-3 4.7.2-1
      4.7.3-4 4.8.0-2 6.0.0-4 7.0.0-2 7.1.1-1 7.1.2-1
      """;

  /** Those of MQTT 5.0, in which 2.2.1 begins with its second statement. */
  private static final String OF_5_0 =
      """
      1.5.4-3 1.5.5-1 1.5.7-1 2.1.3-1 2.2.1-6 2.2.2-1 3.1.0-2 3.1.2-30 3.1.3-12 3.1.4-6 3.2.0-2
      3.2.2-22 3.3.1-13 3.3.2-20 3.3.4-10 3.4.2-3 3.5.2-3 3.6.1-1 3.6.2-3 3.7.2-3 3.8.1-1 3.8.3-5
      3.8.4-8 3.9.2-2 3.9.3-2 3.10.1-1 3.10.3-2 3.10.4-6 3.11.2-2 3.11.3-2 3.12.4-1 3.14.0-1
      3.14.1-1 3.14.2-4 3.14.4-3 3.15.1-1 3.15.2-3 4.1.0-2 4.2-1 4.3.1-1 4.3.2-5 4.3.3-13 4.4.0-2
      4.5.0-2 4.6.0-6 4.7.0-1 4.7.1-2 4.7.2-1 4.7.3-4 4.8.2-6 4.9.0-3 4.12.0-7 4.12.1-2 4.13.1-1
      4.13.2-1 6.0.0-4
      """;

  private static final Pattern ROW =
      Pattern.compile("^\\| MQTT-(\\S+) \\| (.+) \\| (.+) \\|$", Pattern.MULTILINE);
  private static final Pattern TEST = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final List<String> PACKAGES = List.of("dev.lyrebird.mqtt.", "dev.lyrebird.");

  private final String document;

  MqttStatementsTest() throws IOException {
    document = Files.readString(Path.of("MQTT.md"));
  }

  @Test
  void everyStatementOfBothVersionsHasItsRow() {
    int of5 = document.indexOf("\n## MQTT 5.0\n");
    int of3 = document.indexOf("\n## MQTT 3.1.1\n");
    assertTrue(0 < of3 && of3 < of5);
    assertEquals(statements(OF_3_1_1), rows(document.substring(of3, of5)));
    assertEquals(statements(OF_5_0), rows(document.substring(of5)));
  }

  private static List<String> statements(String lastOfEachSection) {
    return Stream.of(lastOfEachSection.strip().split("\\s+"))
        .flatMap(last -> {
          int dash = last.indexOf('-');
          String section = last.substring(0, dash);
          boolean lacksTheFirst = section.equals("2.2.1");
          return IntStream.rangeClosed(
                  lacksTheFirst ? 2 : 1, Integer.parseInt(last.substring(dash + 1)))
              .mapToObj(number -> section + "-" + number);
        })
        .toList();
  }

  private static List<String> rows(String part) {
    return ROW.matcher(part).results().map(row -> row.group(1)).toList();
  }

  @Test
  void everyRowNamesATestOrGivesAReason() {
    Matcher rows = ROW.matcher(document);
    while (rows.find()) {
      String shownBy = rows.group(3);
      boolean namesTests = shownBy.matches("`\\w+#\\w+`(, `\\w+#\\w+`)*");
      boolean givesReason = shownBy.matches("(Open: |Said of clients|The server |Every ).*\\.");
      assertTrue(namesTests || givesReason, rows.group());
    }
  }

  @Test
  void everyTestThatIsNamedIsRun() {
    List<String> missing = new ArrayList<>();
    Matcher tests = TEST.matcher(document);
    while (tests.find()) {
      if (!isRun(tests.group(1), tests.group(2))) {
        missing.add(tests.group());
      }
    }
    assertEquals(List.of(), missing.stream().distinct().toList());
  }

  private static boolean isRun(String name, String method) {
    for (String each : PACKAGES) {
      try {
        return Stream.of(Class.forName(each + name).getDeclaredMethods())
            .filter(one -> one.getName().equals(method))
            .anyMatch(MqttStatementsTest::isTest);
      } catch (ClassNotFoundException e) {
        // It may be in another package.
      }
    }
    return false;
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }
}
