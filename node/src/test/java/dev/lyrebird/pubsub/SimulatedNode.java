package dev.lyrebird.pubsub;

import dev.lyrebird.pubsub.SimulatedTable.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A hub and the tables that feed it. */
final class SimulatedNode implements Feeds {

  private final Hub hub;
  private final List<SimulatedTable> tables = new ArrayList<>();

  /**
   * @param chains the changes of each table in the whole cluster
   */
  SimulatedNode(List<Channel> channels, List<Chains> chains, Random random, Fault fault) {
    hub = new Hub(this, channels);
    for (int i = 0; i < channels.size(); i++) {
      tables.add(new SimulatedTable(i, channels.get(i), chains.get(i), hub, random, fault));
    }
  }

  Hub hub() {
    return hub;
  }

  List<SimulatedTable> tables() {
    return tables;
  }

  @Override
  public void attach(int table) {
    tables.get(table).attach();
  }

  @Override
  public void detach(int table) {
    tables.get(table).detach();
  }

  @Override
  public void openScan(int table, long reader, TopicFilter filter) {
    tables.get(table).openScan(reader, filter);
  }

  @Override
  public void moreRows(int table, long reader) {
    tables.get(table).moreRows(reader);
  }

  @Override
  public void closeScan(int table, long reader) {
    tables.get(table).closeScan(reader);
  }

  @Override
  public void read(int table, long reader, List<TopicFilter> filters, From from) {
    switch (from) {
      case From.Behind(var place) -> tables.get(table).read(reader, filters, place);
      case From.Conflated(var place) -> tables.get(table).read(reader, filters, place);
      case From.Elsewhere(var place, _) -> tables.get(table).read(reader, filters, place);
      case From.NotCovered(var covered, _) -> tables.get(table).read(reader, filters, covered);
    }
  }

  @Override
  public void findSince(int table, long reader, long localTime) {
    throw new UnsupportedOperationException("no simulated client begins in the past");
  }

  @Override
  public void findPrevious(int table, long reader, List<TopicFilter> filters, int count) {
    throw new UnsupportedOperationException("no simulated client begins in the past");
  }

  @Override
  public void inNextTurn(Runnable task) {
    tables.getFirst().later(task);
  }
}
