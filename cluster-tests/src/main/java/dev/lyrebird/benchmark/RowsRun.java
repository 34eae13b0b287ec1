package dev.lyrebird.benchmark;

import dev.lyrebird.benchmark.RowsReport.Bulk;
import dev.lyrebird.benchmark.RowsReport.Lookups;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Imports rows over HTTP, finds them by key and by indexes, and exports them. */
final class RowsRun {

  private static final String TABLE = "/Samples/";
  private static final String WARM_UP_TABLE = "/WarmUpSamples/";

  /** One in so many rows is imported first for the server to warm up. */
  private static final int WARM_UP_SHARE = 5;

  /** A server that has sorted away what it wrote takes less of a processor than that. */
  private static final double QUIET_CPU = 0.1;

  private static final double QUIET_SECONDS = 0.5;
  private static final double QUIET_LIMIT_SECONDS = 30;
  private static final double LOOK_SECONDS = 0.001;
  private static final double DRAIN_SECONDS = 0.3;
  private static final double LIMIT_SECONDS = 300;

  private final Scenario scenario;
  private final Server server;
  private final Run.Size size;
  private final SampleRows rows;
  private final Stamp stamp = new Stamp();

  RowsRun(Scenario scenario, SampleRows rows, Server server, Run.Size size) {
    this.scenario = scenario;
    this.rows = rows;
    this.server = server;
    this.size = size;
  }

  RowsReport perform() throws IOException {
    var _ = bringIn(WARM_UP_TABLE, rows.count() / WARM_UP_SHARE);
    awaitQuiet();
    Bulk bringIn = bringIn(TABLE, rows.count());
    awaitQuiet();
    Lookups byKey = lookUp(16, random -> TABLE + rows.id(random.nextInt(rows.count())), 1);
    Lookups equal =
        lookUp(
            16,
            random -> TABLE + "?site=" + rows.site(random.nextInt(rows.sites())),
            SampleRows.OF_SITE);
    Lookups range = lookUp(4, random -> TABLE + range(random), SampleRows.OF_RANGE);
    var _ = takeOut();
    return new RowsReport(
        scenario.name(),
        server.name(),
        rows.count(),
        SampleRows.BYTES,
        bringIn,
        byKey,
        equal,
        range,
        takeOut());
  }

  private String range(Random random) {
    int first = random.nextInt(rows.count() - SampleRows.OF_RANGE);
    return "?reading=ge=%d&lt=%d"
        .formatted(rows.reading(first), rows.reading(first + SampleRows.OF_RANGE));
  }

  private Bulk bringIn(String table, int count) throws IOException {
    try (LoadLoop loop = new LoadLoop(1)) {
      Import rowsIn = new Import(rows, count);
      Wire wire = loop.connect(http(), rowsIn);
      long cpuBefore = server.cpu().toNanos();
      long begin = stamp.now();
      rowsIn.begin(wire, table);
      while (!rowsIn.isAnswered()) {
        loop.run(LOOK_SECONDS, () -> rowsIn.send(wire));
        refuseAfterLimit(begin);
      }
      return Bulk.of(count, stamp.now() - begin, server.cpu().toNanos() - cpuBefore);
    }
  }

  private Bulk takeOut() throws IOException {
    Tally tally = new Tally();
    try (LoadLoop loop = new LoadLoop(1)) {
      Requester requester = new Requester(number -> request(TABLE + ".ndjson"), stamp, tally);
      long cpuBefore = server.cpu().toNanos();
      long begin = stamp.now();
      Wire wire = loop.connect(http(), requester);
      requester.ask(wire);
      wire.flush();
      tally.closeWindow(begin); // so that it asks but once
      while (tally.allReceived() == 0) {
        loop.run(LOOK_SECONDS, () -> false);
        refuseAfterLimit(begin);
      }
      refuseUnless(requester.contentBytes(), rows.count() * (SampleRows.BYTES + 1L));
      return Bulk.of(rows.count(), tally.lastAt() - begin, server.cpu().toNanos() - cpuBefore);
    }
  }

  /** Each answer is followed by the next question. */
  private Lookups lookUp(int connections, Function<Random, String> questions, int rowsFound)
      throws IOException {
    Tally tally = new Tally();
    try (LoadLoop loop = new LoadLoop(connections)) {
      List<Requester> requesters = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        Random random = new Random(i);
        Requester requester =
            new Requester(number -> request(questions.apply(random)), stamp, tally);
        requesters.add(requester);
        Wire wire = loop.connect(http(), requester);
        requester.ask(wire);
        wire.flush();
      }
      loop.run(size.warmupSeconds(), () -> false);
      long cpuBefore = server.cpu().toNanos();
      tally.openWindow(stamp.now());
      loop.run(size.seconds(), () -> false);
      tally.closeWindow(stamp.now());
      long cpu = server.cpu().toNanos() - cpuBefore;
      loop.run(DRAIN_SECONDS, () -> false);
      refuseUnless(
          requesters.stream().mapToLong(Requester::contentBytes).sum(),
          tally.allReceived() * bytesOfList(rowsFound));
      return Lookups.of(tally, cpu);
    }
  }

  /** Returns the length of what is answered: a row, or a list of several as JSON. */
  private static long bytesOfList(int found) {
    return found == 1 ? SampleRows.BYTES : found * (SampleRows.BYTES + 1L) + 1;
  }

  private static byte[] request(String path) {
    return "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
        .formatted(path)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private void awaitQuiet() throws IOException {
    double seconds = 0;
    double used = 1;
    try (LoadLoop idle = new LoadLoop(1)) {
      while (used > QUIET_CPU && seconds < QUIET_LIMIT_SECONDS) {
        long cpuBefore = server.cpu().toNanos();
        idle.run(QUIET_SECONDS, () -> false);
        used = (server.cpu().toNanos() - cpuBefore) / 1e9 / QUIET_SECONDS;
        seconds += QUIET_SECONDS;
      }
    }
  }

  private void refuseAfterLimit(long begin) throws IOException {
    if (stamp.now() - begin > LIMIT_SECONDS * 1e9) {
      throw new IOException("not all rows have come in time");
    }
  }

  private static void refuseUnless(long bytes, long expected) {
    if (bytes != expected) {
      throw new IllegalStateException(
          "the answers had %d bytes in place of %d".formatted(bytes, expected));
    }
  }

  private InetSocketAddress http() {
    return server
        .http()
        .orElseThrow(() -> new IllegalStateException(server.name() + " has no HTTP port"));
  }
}
