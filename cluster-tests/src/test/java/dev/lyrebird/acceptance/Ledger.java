package dev.lyrebird.acceptance;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What writers have sent and what the node has acknowledged, over all crashes. Writers number their
 * writes; any thread may tell.
 */
final class Ledger {

  private static final Pattern WRITE = Pattern.compile("\"w\":\"([^\"]+)\",\"n\":(\\d+)");

  /** One write: its writer and its number there. Shown in the JSON that is written. */
  record Entry(String writer, int number) {

    String json() {
      return "{\"w\":\"" + writer + "\",\"n\":" + number + "}";
    }

    /** The write whose JSON stands in {@code text}. */
    static Entry in(String text) {
      Matcher match = WRITE.matcher(text);
      if (!match.find()) {
        throw new AssertionError("no write of the test in " + text);
      }
      return new Entry(match.group(1), Integer.parseInt(match.group(2)));
    }
  }

  private final Map<String, Integer> sent = new HashMap<>();
  private final Map<String, NavigableSet<Integer>> acknowledged = new HashMap<>();
  private int acknowledgements;

  /** The next write of {@code writer}, which counts as sent from now. */
  synchronized Entry next(String writer) {
    return new Entry(writer, sent.merge(writer, 1, Integer::sum));
  }

  synchronized void acknowledge(Entry entry) {
    acknowledged.computeIfAbsent(entry.writer(), name -> new TreeSet<>()).add(entry.number());
    acknowledgements++;
    notifyAll();
  }

  synchronized int acknowledgements() {
    return acknowledgements;
  }

  /** Waits until there are {@code count} acknowledgements in all. */
  synchronized void awaitAcknowledgements(int count) throws InterruptedException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (acknowledgements < count) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("only " + acknowledgements + " of " + count + " writes in 30 s");
      }
      wait(1000);
    }
  }

  /** Every acknowledged number of each writer, in order. */
  synchronized Map<String, NavigableSet<Integer>> acknowledged() {
    Map<String, NavigableSet<Integer>> copy = new HashMap<>();
    acknowledged.forEach((writer, numbers) -> copy.put(writer, new TreeSet<>(numbers)));
    return copy;
  }

  synchronized boolean wasSent(Entry entry) {
    return entry.number() <= sent.getOrDefault(entry.writer(), 0);
  }
}
