package dev.lyrebird.benchmark;

import dev.lyrebird.harness.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a node takes of its machine at one moment: all counted by the kernel, but for the heap,
 * which its JVM is told to clean first. Needs Linux and a JDK's {@code jcmd}.
 *
 * @param heapBytes of the heap's objects that are reachable
 * @param nativeBytes resident outside of the heap: code, classes, threads, buffers, RocksDB
 * @param writtenBytes sent to the disk since the process began
 */
record Footprint(long heapBytes, long nativeBytes, long writtenBytes) {

  private static final Pattern USED =
      Pattern.compile("total \\d+K, used (\\d+)K \\[0x(\\p{XDigit}+)");
  private static final Pattern MAPPING = Pattern.compile("(\\p{XDigit}+)-\\p{XDigit}+ .*");
  private static final Pattern RESIDENT = Pattern.compile("Rss: +(\\d+) kB");
  private static final Pattern WRITTEN = Pattern.compile("write_bytes: (\\d+)");

  static Footprint of(long pid) {
    var _ = jcmd(pid, "GC.run");
    List<String> generations =
        jcmd(pid, "GC.heap_info").lines().filter(line -> USED.matcher(line).find()).toList();
    if (generations.isEmpty()) {
      throw new IllegalStateException("process " + pid + " does not use the serial collector");
    }
    long used = 0;
    long heapBegin = Long.MAX_VALUE;
    for (String generation : generations) {
      Matcher match = matched(USED, generation);
      used += Long.parseLong(match.group(1)) << 10;
      heapBegin = Math.min(heapBegin, Long.parseUnsignedLong(match.group(2), 16));
    }
    return new Footprint(used, residentOutside(pid, heapBegin), written(pid));
  }

  Footprint minus(Footprint earlier) {
    return new Footprint(
        heapBytes - earlier.heapBytes,
        nativeBytes - earlier.nativeBytes,
        writtenBytes - earlier.writtenBytes);
  }

  /** Returns all that is resident, heap and garbage in it included, at next to no cost. */
  static long resident(long pid) {
    Pattern resident = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    return Long.parseLong(matched(resident, String.join("\n", lines(pid, "status"))).group(1))
        << 10;
  }

  /** The heap's mappings, which follow one another from {@code heapBegin}, are left out. */
  private static long residentOutside(long pid, long heapBegin) {
    long heapEnd = heapBegin + maxHeapBytes(pid);
    long resident = 0;
    boolean isHeap = false;
    for (String line : lines(pid, "smaps")) {
      Matcher mapping = MAPPING.matcher(line);
      Matcher rss = RESIDENT.matcher(line);
      if (mapping.matches()) {
        long begin = Long.parseUnsignedLong(mapping.group(1), 16);
        isHeap = begin >= heapBegin && begin < heapEnd;
      } else if (!isHeap && rss.matches()) {
        resident += Long.parseLong(rss.group(1)) << 10;
      }
    }
    return resident;
  }

  private static long maxHeapBytes(long pid) {
    Pattern flag = Pattern.compile("-XX:MaxHeapSize=(\\d+)");
    return Long.parseLong(matched(flag, jcmd(pid, "VM.flags")).group(1));
  }

  private static long written(long pid) {
    return Long.parseLong(matched(WRITTEN, String.join("\n", lines(pid, "io"))).group(1));
  }

  private static Matcher matched(Pattern pattern, String text) {
    Matcher match = pattern.matcher(text);
    if (!match.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return match;
  }

  private static List<String> lines(long pid, String file) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), file))) {
      return lines.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jcmd(long pid, String command) {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    return Program.run(List.of(program, Long.toString(pid), command));
  }
}
