package dev.lyrebird.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lyrebird.format.Format;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code Accept} and {@code Accept-Encoding} ask for. */
final class AcceptTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | JSON",
        "*/* | JSON",
        "application/json | JSON",
        "APPLICATION/CBOR | CBOR",
        "application/cbor, application/json | JSON",
        "application/json;q=0.5, application/cbor | CBOR",
        "application/*;q=0.2, application/json;q=0.1 | CBOR",
        "*/*;q=0.001 | JSON",
        "application/json;q=0, */* | CBOR",
        "application/json; charset=utf-8 ; q=0.3, text/html | JSON",
        "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8 | JSON",
        "nonsense, application/cbor | CBOR",
        "application/msgpack | MSGPACK",
        "application/x-msgpack, application/cbor;q=0.9 | MSGPACK",
        "text/* | CSV",
        "application/jsonl | NDJSON",
        "text/html | -",
        "application/json;q=0 | -",
        "application/json;q=0.000 | -",
        "nonsense | -"
      })
  void bestWeightOfTheMostExactRangeWins(String field, Format expected) {
    assertEquals(expected, Accept.parse(field).format());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "Text/Event-Stream;charset=utf-8",
        "text/event-stream, */*",
        "application/json;q=0.9, text/event-stream",
        "text/event-stream, application/json"
      })
  void eventsAreAskedForByName(String field) {
    assertTrue(Accept.prefersEvents(field));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "text/*",
        "text/event-stream;q=0",
        "application/json, text/event-stream;q=0.5"
      })
  void otherAnswersGoBeforeEvents(String field) {
    assertFalse(Accept.prefersEvents(field));
  }
}
