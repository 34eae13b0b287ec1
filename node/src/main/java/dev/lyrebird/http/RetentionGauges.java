package dev.lyrebird.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of journals, as they were when they were shown last. Where somebody lacks more than
 * the journal has, that is infinite. Owned by the event loop of the operations port.
 */
final class RetentionGauges {

  private final MultiGauge entries;
  private final MultiGauge bytes;
  private final MultiGauge maxBytes;
  private final MultiGauge lacking;

  RetentionGauges(MeterRegistry meters) {
    entries = gauge(meters, "entries", "Entries of a table's journal");
    bytes = gauge(meters, "bytes", "Bytes of a table's journal");
    maxBytes = gauge(meters, "max.bytes", "Bytes beyond which a journal drops its oldest entries");
    lacking =
        gauge(meters, "lacking.entries", "Entries that the one furthest behind has yet to get");
  }

  private static MultiGauge gauge(MeterRegistry meters, String name, String description) {
    return MultiGauge.builder("lyrebird.journal." + name).description(description).register(meters);
  }

  /** Shows what the journals hold; what it shows no more is gone. */
  void show(RetentionState state) {
    show(entries, state, RetentionState.Table::entries);
    show(bytes, state, RetentionState.Table::bytes);
    show(maxBytes, state, RetentionState.Table::maxBytes);
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (RetentionState.Table table : state.tables()) {
      if (table.sessions().away() > 0) {
        rows.add(row(table, "session", table.sessions().lacks()));
      }
      if (table.subscribers().behind() > 0) {
        rows.add(row(table, "subscriber", table.subscribers().lacks()));
      }
    }
    lacking.register(rows, true);
  }

  private static void show(
      MultiGauge gauge, RetentionState state, ToDoubleFunction<RetentionState.Table> value) {
    gauge.register(
        state.tables().stream()
            .<MultiGauge.Row<?>>map(table ->
                MultiGauge.Row.of(Tags.of("table", table.name()), value.applyAsDouble(table)))
            .toList(),
        true);
  }

  private static MultiGauge.Row<?> row(
      RetentionState.Table table, String holder, @Nullable Long lacks) {
    return MultiGauge.Row.of(
        Tags.of("table", table.name(), "holder", holder),
        lacks == null ? Double.POSITIVE_INFINITY : lacks);
  }
}
