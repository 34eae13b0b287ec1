package dev.lyrebird.hosting;

import dev.lyrebird.api.Table;
import dev.lyrebird.api.Tables;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * The tables as users' code reaches them, by way of one event loop. Any other thread may call, and
 * waits.
 */
public final class HostedTables implements Tables {

  /** How long a table may take for one answer; then it is 503. */
  static final long WAIT_MILLIS = 30_000;

  private final LoopCalls calls;
  private final LoopTables loop;

  /** Those that were found: no table goes, or gets another name, while the node runs. */
  private final Map<String, Table> found = new ConcurrentHashMap<>();

  /**
   * @param loop runs a task on the event loop
   * @param tables of that loop
   * @param random by which nobody can guess how topics are hashed
   */
  public HostedTables(Executor loop, dev.lyrebird.resource.Tables tables, RandomGenerator random) {
    this(new LoopCalls(loop, WAIT_MILLIS), LoopTables.of(tables, random));
  }

  HostedTables(LoopCalls calls, LoopTables loop) {
    this.calls = calls;
    this.loop = loop;
  }

  @Override
  public Table table(String name) {
    Table known = found.get(name);
    if (known == null) {
      known = calls.<HostedTable>ask(answer -> answer.complete(hosted(loop.index(name))));
      found.put(name, known);
    }
    return known;
  }

  private HostedTable hosted(int index) {
    return new HostedTable(calls, loop, index, loop.tables().definition(index).typeName());
  }
}
